// The function's log: one pipe for each level, named by _GG_LOG_FD_<LEVEL>; the core stamps time and level on each line
// (docs/compatibility/runtimes.md#log-descriptors). Works before gg_global_init(), whose failure programs want to log.
#pragma once

#include <cstdarg>

#include "greengrasssdk.h"

namespace fescue {

/// Errors: GGE_INVALID_PARAMETER for a level or format that there is not, GGE_OUT_OF_MEMORY. A record that LOG_LEVEL
/// excludes, or that cannot be written, is no error: a function must not fail for its log.
gg_error log_record(gg_log_level level, const char* format, std::va_list arguments);

/// The runtime's own records. "%m" is the text of errno.
[[gnu::format(printf, 2, 3)]] void log_line(gg_log_level level, const char* format, ...);

}  // namespace fescue
