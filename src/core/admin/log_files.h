// The log files of a core by the names that people use: "system" for the core's own, a function's name for its.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/layout.h"

namespace fescue {

inline constexpr std::string_view kSystemLog = "system";

/// The path of the log; the file may not exist yet. `name` may also be a function's ARN. Errors: not_found, naming the
/// logs that are there; permission_denied when they cannot be listed.
Result<std::string> find_log(const CoreLayout& layout, std::string_view name);

/// Names, sorted, "system" first.
Result<std::vector<std::string>> list_logs(const CoreLayout& layout);

}  // namespace fescue
