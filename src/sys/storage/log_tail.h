// Reading the end of a log file that another writes to. A log is `name.log` with at most one predecessor `name.1.log`,
// into which it is renamed when it is full. Who writes it may be less trusted than who reads: no link is followed, in
// whichever directory of the path.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fescue {

/// A place in a log: bytes of that file before it.
struct LogPosition {
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;
  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

struct LogText {
  std::string text;  // whole lines
  LogPosition next;  // where the line after it will begin
};

/// "name.1.log" of "name.log".
std::string predecessor_of(const std::string& log_path);

/// The last `lines` lines, those of the predecessor included, in at most `max_bytes`. Errors: not_found,
/// permission_denied, also for a path that has links, io.
Result<LogText> tail_log(const std::string& path, std::size_t lines, std::size_t max_bytes);

/// The lines written since `from`, at most `max_bytes` at once (a longer line comes cut). When the log was renamed
/// meanwhile the rest of the old file comes first.
Result<LogText> read_log(const std::string& path, LogPosition from, std::size_t max_bytes);

}  // namespace fescue
