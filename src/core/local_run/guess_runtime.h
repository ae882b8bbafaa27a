// Which runtime a package is meant for, by what its handler names: a Python or Node.js module, a Java class,
// a `bootstrap`, or a program of the handler's name.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "functions/launch/interpreters.h"

namespace fescue {

/// Of a language, the newest interpreter that `user` can run. Errors: invalid_argument when the package does not say;
/// not_found when it does and there is no interpreter.
Result<std::string> guess_runtime(const std::string& package, const std::string& handler,
                                  const InterpreterSearch& search, const UserIds& user);

}  // namespace fescue
