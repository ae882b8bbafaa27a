// What verbs have in common.
#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "base/result.h"

namespace fescue::cli {

// Exit statuses: 0, 1, or 2 for a wrong command line.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongCommand = 2;

/// --root, with FESCUE_ROOT (which `fescue env` exports) as its default.
CLI::Option* add_root(CLI::App& verb, std::string& root);
/// --json
CLI::Option* add_json(CLI::App& verb, bool& json);

/// The text of ROOT/run/credentials, the owner's key. Errors say who may read it.
Result<std::string> read_owners_credentials(const std::string& root);

/// "fescue VERB: message" on standard error; returns kFailed.
int fail(std::string_view verb, const Error& error);

}  // namespace fescue::cli
