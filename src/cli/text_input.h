// Text that the user gives on the command line: as it is, from a file (@NAME), or from standard input (- or @-).
#pragma once

#include <string>

#include "base/result.h"

namespace fescue::cli {

/// Errors: not_found, too_large (over 6 MB, Lambda's limit for a payload), io.
Result<std::string> text_input(const std::string& argument);

}  // namespace fescue::cli
