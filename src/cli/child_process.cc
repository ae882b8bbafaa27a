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
constexpr int kFirstInherited = 3;

/// What the child gets besides standard streams: its listeners from descriptor 3 on, then the control descriptor.
struct Inheritance {
  std::vector<Fd> descriptors;  // all above those numbers, so that none is overwritten before it is given
  std::string names;            // of the listeners
};

Result<Inheritance> inheritance_of(std::span<const HeldListeners> listeners, int control) {
  Inheritance out;
  std::vector<int> all;
  for (const HeldListeners& each : listeners) {
    for (const Fd& socket : each.sockets) {
      out.names += (all.empty() ? "" : ":") + each.name;
      all.push_back(socket.get());
    }
  }
  all.push_back(control);
  for (const int descriptor : all) {
    Fd copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstInherited + static_cast<int>(all.size())));
    if (!copy) return errno_error("duplicating a descriptor");
    out.descriptors.push_back(std::move(copy));
  }
  return out;
}

std::vector<std::string> environment_for(const Inheritance& inheritance) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("LISTEN_")) out.emplace_back(*entry);
  }
  if (inheritance.names.empty()) return out;
  out.push_back(fmt::format("LISTEN_FDS={}", inheritance.descriptors.size() - 1));
  out.push_back("LISTEN_FDNAMES=" + inheritance.names);
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> spawn_self(std::vector<std::string> arguments, const Inheritance& inheritance) {
  const int control = kFirstInherited + static_cast<int>(inheritance.descriptors.size()) - 1;
  arguments.insert(arguments.begin(), "fescue");
  arguments.push_back(fmt::format("--control-fd={}", control));
  std::vector<std::string> environment = environment_for(inheritance);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: Ctrl-C reaches the parent alone, which stops its children in order.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (std::size_t i = 0; i < inheritance.descriptors.size(); ++i) {
    posix_spawn_file_actions_adddup2(&actions, inheritance.descriptors[i].get(), kFirstInherited + static_cast<int>(i));
  }
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, pointers_to(arguments).data(),
                                  pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0) return errno_error("starting " + arguments[1], failure);
  return pid;
}

}  // namespace

ChildProcess::ChildProcess(asio::io_context& io, pid_t pid, int control, int pidfd)
    : pid_(pid), control_(io, control), pidfd_(io, pidfd) {}

Result<ChildProcess> ChildProcess::start(asio::io_context& io, std::vector<std::string> arguments,
                                         std::span<const HeldListeners> listeners) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno_error("socketpair");
  Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  FESCUE_TRY(inheritance, inheritance_of(listeners, theirs.get()));
  FESCUE_TRY(pid, spawn_self(std::move(arguments), inheritance));
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

// By descriptor: the number may be another's by now.
void ChildProcess::stop() { ::syscall(SYS_pidfd_send_signal, pidfd_.native_handle(), SIGTERM, nullptr, 0); }
void ChildProcess::kill() { ::syscall(SYS_pidfd_send_signal, pidfd_.native_handle(), SIGKILL, nullptr, 0); }

}  // namespace fescue::cli
