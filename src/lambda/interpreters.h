// Which program runs a runtime: "python3.11" is the file of exactly that name in /usr/bin or /usr/local/bin, or what
// the core's configuration names for it. Never the caller's PATH, and only if the user that the function runs as can
// execute it (reference: function-runtime 2.3).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/privileges.h"

namespace fescue {

struct InterpreterSearch {
  std::map<std::string, std::string> configured;  // CoreConfig::runtimes: runtime id -> absolute path
  std::vector<std::string> directories{"/usr/bin", "/usr/local/bin"};
};

/// The absolute path. Errors say the runtime, where it was looked for, and what to do: not_found; permission_denied
/// when a file is there and `user` cannot run it.
Result<std::string> find_interpreter(const std::string& runtime, const InterpreterSearch& search, const UserIds& user);

/// Whether `user`, without supplementary groups, can execute the file: every directory on the way can be searched and
/// the file has the bit. Judged by owner, group and mode; access lists are not looked at. The error names the culprit.
Result<void> check_executable(const std::string& path, const UserIds& user);

/// Likewise whether `user` can pass through every directory of an absolute path, the last one included.
Result<void> check_passable(const std::string& directory, const UserIds& user);

}  // namespace fescue
