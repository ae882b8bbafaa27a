// Starting this program again with another verb, and the control descriptor between the two.
#include "cli/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <fmt/format.h>

#include "base/fd.h"

extern char** environ;

namespace fescue::cli {

namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kMaxReadyLine = 64 * 1024;

Result<pid_t> spawn_self(std::vector<std::string> arguments, int control) {
  arguments.insert(arguments.begin(), "fescue");
  arguments.push_back(fmt::format("--control-fd={}", control));
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: Ctrl-C reaches the parent alone, which stops its children in order.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, control, control);  // same number: only clears close-on-exec
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0) return errno_error("starting " + arguments[1], failure);
  return pid;
}

}  // namespace

ChildProcess::ChildProcess(asio::io_context& io, pid_t pid, int control, int pidfd)
    : pid_(pid), control_(io, control), pidfd_(io, pidfd) {}

Result<ChildProcess> ChildProcess::start(asio::io_context& io, std::vector<std::string> arguments) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno_error("socketpair");
  Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  FESCUE_TRY(pid, spawn_self(std::move(arguments), theirs.get()));
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return errno_error("pidfd_open");
  return ChildProcess(io, pid, ours.release(), pidfd);
}

Task<Result<std::string>> ChildProcess::ready_line(std::chrono::milliseconds timeout) {
  asio::steady_timer timer(control_.get_executor(), timeout);
  std::string line;
  auto outcome =
      co_await (asio::async_read_until(control_, asio::dynamic_buffer(line, kMaxReadyLine), '\n', use_result) ||
                timer.async_wait(use_result));
  if (outcome.index() == 1) co_return Error(Code::timeout, "it did not become ready in time");
  const auto [failure, size] = std::get<0>(outcome);
  if (failure) co_return Error(Code::unavailable, "it ended before it was ready; its log says why");
  co_return line.substr(0, size - 1);
}

Task<std::optional<int>> ChildProcess::exited() {
  const auto [failure] = co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, use_result);
  if (failure) co_return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) co_return 70;
  co_return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void ChildProcess::stop() { ::kill(pid_, SIGTERM); }

}  // namespace fescue::cli
