// --option HOST:PORT, parsed into a HostPort where the command line is parsed.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "model/core_config.h"

namespace fescue::cli {

CLI::Option* add_address(CLI::App& verb, const std::string& name, HostPort& out, const std::string& help);

}  // namespace fescue::cli
