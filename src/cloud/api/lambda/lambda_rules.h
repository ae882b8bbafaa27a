// What Lambda takes as the name of a runtime and of an environment variable. Pure
// (docs/compatibility/api-lambda.md#fields).
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fescue::cloud {

/// A name that Lambda has used or, for the languages that a core runs, could come to use: "python3.8", "nodejs24.x",
/// "provided.al2"; or V1's executables. Which of them a core can run is found out when a group is deployed.
bool is_runtime(std::string_view name);

/// Lambda's words for the others.
std::string unknown_runtime(std::string_view name);

/// A letter and at least one more letter, digit or `_`.
bool is_environment_key(std::string_view name);

/// Those of `variables` that Lambda sets itself, as a list; empty when there is none.
std::string reserved_keys_in(const std::map<std::string, std::string>& variables);

}  // namespace fescue::cloud
