// --region and --account, checked when they are read.
#pragma once

#include <CLI/CLI.hpp>

#include "cloud/instance_identity.h"

namespace fescue::cli {

void add_identity(CLI::App& verb, cloud::WantedIdentity& out);

}  // namespace fescue::cli
