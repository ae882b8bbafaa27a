// Text that the user gives on the command line: as it is, from a file (@NAME), or from standard input (- or @-).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fescue::cli {

/// A file that the user names, which may as well be a pipe that a process writes to, as in `<(command)`.
Result<std::string> file_input(const std::string& path, std::size_t max_bytes);

/// Likewise, for an option that takes a JSON object; the errors name it.
Result<std::string> object_input(const std::string& argument, std::string_view option);

/// Errors: not_found, too_large (over 6 MB, Lambda's limit for a payload), io.
Result<std::string> text_input(const std::string& argument);

}  // namespace fescue::cli
