// How much the process's log file may hold, which may change while it is written (the group's logger says so).
#pragma once

#include <cstddef>

#include "base/result.h"

namespace fescue::log {

/// From now on current file and predecessor together stay within `max_bytes`. Nothing happens before log::to_file().
Result<void> set_file_limit(std::size_t max_bytes);

/// From here on nothing goes to standard error: somebody else says it.
void silence_stderr();

}  // namespace fescue::log
