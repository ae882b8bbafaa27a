// Who a function runs as: the uid and gid of its group, else ggc_user and ggc_group by name
// (docs/compatibility/containers.md#users). Without root there is no choice: everything runs as the core's own user.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/group.h"
#include "sys/process/privileges.h"

namespace fescue {

struct RunAsRules {
  std::optional<UserIds> only_user = std::nullopt;  // set when the launcher is not root
  bool allow_root_functions = false;                // runtime.allowFunctionsToRunAsRoot
  std::string default_user = "ggc_user";
  std::string default_group = "ggc_group";
};

/// Errors: not_found (no such account), permission_denied (root, and root functions are not allowed).
Result<UserIds> resolve_run_as(const RunAs& run_as, const RunAsRules& rules);

/// Set when the launcher is not root: it can start workers as itself only, and it runs as the core does.
std::optional<UserIds> only_user_of(pid_t launcher);

/// The home directory of the user if it exists, else "/".
std::string home_of(uid_t uid);

}  // namespace fescue
