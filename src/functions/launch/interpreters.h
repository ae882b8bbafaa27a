// Which program runs a runtime: what the core's configuration names for it, or the file of exactly that name in
// /usr/bin or /usr/local/bin ("python3.11", "nodejs12.x"), or a `node` or `java` there of that major version, which is
// asked for it; Java also where Debian keeps its JVMs, /usr/lib/jvm/*/bin/java. Never the caller's PATH, and only if
// the user that the function runs as can execute it (docs/compatibility/runtimes.md#interpreters).
//
// Without one the nearest newer runs it, with a remark: of Python one of the same major version, of Node.js and Java
// any, since their major versions are what Python's minor ones are, a release that breaks little. Never an older one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "functions/launch/interpreter_version.h"
#include "sys/process/privileges.h"

namespace fescue {

struct InterpreterSearch {
  std::map<std::string, std::string> configured;  // CoreConfig::runtimes: runtime id -> absolute path
  std::vector<std::string> directories{"/usr/bin", "/usr/local/bin"};
  std::string jvms = "/usr/lib/jvm";  // directories of JDKs
  bool strict = false;                // fescue.strict: no newer one instead
  std::shared_ptr<VersionProbe> versions = std::make_shared<VersionProbe>();
};

struct Interpreter {
  std::string path;    // absolute
  std::string remark;  // a sentence when it is newer than the runtime, else empty
};

/// Errors say the runtime, where it was looked for, and what to do: not_found; permission_denied when a file is there
/// and `user` cannot run it. May start a program and wait for it, once for each file and `search.versions`.
Result<Interpreter> choose_interpreter(const std::string& runtime, const InterpreterSearch& search,
                                       const UserIds& user);

struct FoundInterpreter {
  std::string path;
  RuntimeVersion version;
  Result<void> usable;  // by the user, as check_executable() says
};

/// Every interpreter that the search would look at: by family, newest first, each program once. May start programs as
/// choose_interpreter() does.
std::vector<FoundInterpreter> list_interpreters(const InterpreterSearch& search, const UserIds& user);

/// Whether `user`, without supplementary groups, can execute the file: every directory on the way can be searched and
/// the file has the bit. Judged by owner, group and mode; access lists are not looked at, so the way to the directory
/// `opened`, which is opened to the user by one later, is not judged. The error names the first that it cannot.
Result<void> check_executable(const std::string& path, const UserIds& user, const std::string& opened = "");

/// Likewise whether `user` can pass through every directory of an absolute path, the last one included.
Result<void> check_passable(const std::string& directory, const UserIds& user);

}  // namespace fescue
