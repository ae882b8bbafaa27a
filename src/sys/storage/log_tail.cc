// Finding the last lines from the end backwards, and going on from a position across the change of files.
#include "sys/storage/log_tail.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fd.h"

namespace fescue {

namespace {

struct LogFile {
  Fd fd;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
};

Result<LogFile> open_log(const std::string& path) {
  LogFile file;
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_NO_SYMLINKS;
  file.fd = Fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (!file.fd && errno == ELOOP) {
    return Error(Code::permission_denied, path + ": it is or passes through a symbolic link, which is not followed");
  }
  struct stat status;
  if (!file.fd || ::fstat(file.fd.get(), &status) != 0) return errno_error(path);
  if (!S_ISREG(status.st_mode)) return Error(Code::io, path + " is no file");
  file.inode = status.st_ino;
  file.size = static_cast<std::uint64_t>(status.st_size);
  return file;
}

Result<std::string> read_range(const LogFile& file, std::uint64_t from, std::uint64_t to) {
  std::string out(to - from, '\0');
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(file.fd.get(), out.data() + done, out.size() - done, static_cast<off_t>(from + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("reading a log");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  out.resize(done);
  return out;
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n')) + (!text.empty() && text.back() != '\n');
}

/// What remains after all but the last `lines` lines.
std::string_view last_lines(std::string_view text, std::size_t lines) {
  if (lines == 0) return {};
  std::size_t from = text.size();
  if (from > 0 && text[from - 1] == '\n') --from;
  while (from > 0) {
    const std::size_t newline = text.rfind('\n', from - 1);
    if (newline == std::string_view::npos) return text;
    if (--lines == 0) return text.substr(newline + 1);
    from = newline;
  }
  return text;
}

/// The end of a file, from the beginning of a line.
Result<std::string> read_end(const LogFile& file, std::size_t max_bytes) {
  const std::uint64_t from = file.size - std::min<std::uint64_t>(file.size, max_bytes);
  FESCUE_TRY(text, read_range(file, from, file.size));
  if (from > 0) {
    const auto newline = std::ranges::find(text, '\n');
    if (newline != text.end()) text.erase(text.begin(), newline + 1);
  }
  return text;
}

}  // namespace

std::string predecessor_of(const std::string& log_path) {
  const std::size_t dot = log_path.rfind('.');
  return log_path.substr(0, dot) + ".1" + log_path.substr(dot);
}

Result<LogText> tail_log(const std::string& path, std::size_t lines, std::size_t max_bytes) {
  FESCUE_TRY(file, open_log(path));
  FESCUE_TRY(text, read_end(file, max_bytes));
  const bool is_whole = text.size() == file.size;
  if (is_whole && count_lines(text) < lines) {
    if (const auto former = open_log(predecessor_of(path)); former) {
      FESCUE_TRY(before, read_end(*former, max_bytes - text.size()));
      text.insert(0, before);
    }
  }
  return LogText{std::string(last_lines(text, lines)), {file.inode, file.size}};
}

Result<LogText> read_log(const std::string& path, LogPosition from, std::size_t max_bytes) {
  FESCUE_TRY(file, open_log(path));
  bool is_complete = false;  // nobody writes to it any more
  if (file.inode != from.inode) {
    auto former = open_log(predecessor_of(path));
    is_complete = former && former->inode == from.inode && former->size > from.offset;
    if (is_complete) file = std::move(*former);
    if (!is_complete) from = {file.inode, 0};
  }
  if (file.size < from.offset) from.offset = 0;  // truncated in place
  const std::uint64_t end = from.offset + std::min<std::uint64_t>(file.size - from.offset, max_bytes);
  FESCUE_TRY(text, read_range(file, from.offset, end));
  const std::size_t newline = text.rfind('\n');
  const bool waits_for_more = text.size() < max_bytes && !is_complete;
  if (newline != std::string::npos) {
    text.resize(newline + 1);
  } else if (waits_for_more) {
    text.clear();
  }
  return LogText{text, {from.inode, from.offset + text.size()}};
}

}  // namespace fescue
