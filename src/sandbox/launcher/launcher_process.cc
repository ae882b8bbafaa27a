// Starting fescue-launcher with its channel, waiting for its first word, and letting it go.
#include "sandbox/launcher/launcher_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "base/clock.h"
#include "sandbox/process/argv.h"
#include "sandbox/protocol/channel.h"

namespace fescue {

namespace {

constexpr int kLauncherSocket = 3;                  // launcher_main.cc
constexpr int kReadyTimeout = 10'000;               // milliseconds
constexpr std::chrono::seconds kDismissTimeout{8};  // the launcher gives itself five

/// Standard error stays the core's; the environment stays behind.
Result<pid_t> spawn(const std::string& program, const LauncherPolicy& policy, int socket) {
  std::vector<std::string> arguments = policy_arguments(policy);
  arguments.insert(arguments.begin(), program);
  char* environment[] = {nullptr};

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, socket, kLauncherSocket);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, argv_of(arguments).data(), environment);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return errno_error("run " + program, failed);
  return pid;
}

Result<Facilities> await_ready(int socket) {
  pollfd state{socket, POLLIN, 0};
  if (::poll(&state, 1, kReadyTimeout) != 1) return Error(Code::unavailable, "it does not answer");
  MessageReader reader;
  FESCUE_TRY(incoming, reader.read(socket));
  if (!incoming) return Error(Code::unavailable, "it does not answer");
  FESCUE_TRY(event, decode_event(incoming->bytes));
  const auto* ready = std::get_if<Ready>(&event);
  if (!ready) return Error(Code::unavailable, "it does not begin with ready");
  return ready->facilities;
}

enum class End { seen, not_seen };

/// Everything that was queued before the end is of no interest any more.
End drain_until_end(int socket, SteadyTime deadline) {
  MessageReader reader;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_now());
    pollfd state{socket, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&state, 1, static_cast<int>(left.count())) < 0) return End::not_seen;
    const auto incoming = reader.read(socket);
    if (!incoming && incoming.error().code() != Code::too_large) return End::seen;
  }
}

}  // namespace

Result<std::string> launcher_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return Error(Code::not_found, "cannot find this program's directory: " + error.message());
  return (self.parent_path() / "fescue-launcher").string();
}

Result<LauncherProcess> spawn_launcher(const LauncherPolicy& policy) {
  FESCUE_TRY(program, launcher_path());
  FESCUE_TRY(channel, make_channel());
  FESCUE_TRY(pid, spawn(program, policy, channel.second.get()));
  channel.second.reset();
  LauncherProcess process{std::move(channel.first), pid, {}};
  auto facilities = await_ready(process.socket.get());
  if (!facilities) {
    static_cast<void>(dismiss_launcher(std::move(process)));
    return Error(Code::unavailable, "the launcher " + program + " did not start: " + facilities.error().message());
  }
  process.facilities = std::move(*facilities);
  return process;
}

Result<void> dismiss_launcher(LauncherProcess process) {
  End end = End::seen;
  if (process.socket) {
    ::shutdown(process.socket.get(), SHUT_WR);
    end = drain_until_end(process.socket.get(), steady_now() + kDismissTimeout);
    process.socket.reset();
  }
  if (end == End::not_seen) ::kill(process.pid, SIGKILL);  // its monitors see its end and do the rest
  int options = end == End::seen ? 0 : WNOHANG;
  while (::waitpid(process.pid, nullptr, options) < 0 && errno == EINTR) {
  }
  if (end == End::not_seen) return Error(Code::timeout, "the launcher did not leave in time");
  return ok();
}

void abandon_launcher(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, WNOHANG);
}

}  // namespace fescue
