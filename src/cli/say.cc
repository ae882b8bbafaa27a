// The one way to standard output and standard error, and what standard output did not take.
#include "cli/say.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/printable.h"

namespace fescue::cli {

namespace {

int first_failure = 0;  // of standard output: an errno

}  // namespace

void say(std::FILE* to, std::string_view text) {
  std::string shown;
  if (::isatty(::fileno(to)) == 1) text = shown = printable(text, LineEnds::keep);
  const bool is_written = std::fwrite(text.data(), 1, text.size(), to) == text.size() && std::fflush(to) == 0;
  if (!is_written && to == stdout && first_failure == 0) first_failure = errno;
}

Result<void> check_said() {
  if (first_failure == 0) return ok();
  const Error error = errno_error("writing to standard output", first_failure);
  return first_failure == EPIPE ? Error(Code::cancelled, error.message()) : error;
}

// An epoll of no events reports EPOLLERR and EPOLLHUP, and can be waited for without touching the flags of what others
// may have as their standard output too.
Fd watch_reader() {
  Fd watch(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event nothing{};
  if (!watch || ::epoll_ctl(watch.get(), EPOLL_CTL_ADD, STDOUT_FILENO, &nothing) != 0) return Fd();
  return watch;
}

}  // namespace fescue::cli
