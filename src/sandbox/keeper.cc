#include "sandbox/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/clock.h"
#include "sandbox/descriptors.h"
#include "sandbox/launch.h"

namespace fescue {

namespace {

/// How long leftovers may resist SIGKILL (a process in an uninterruptible wait, or one that forks faster than it can be
/// killed) before the exit is reported without them. The launcher then inherits them.
constexpr std::chrono::seconds kLeftoversPatience{2};
constexpr int kLeftoversRound = 20;  // milliseconds between rounds when nobody dies

std::chrono::microseconds cpu_time(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// The keeper's side of the fork: nothing of the launcher's is left open but standard error.
void become_keeper(Fd channel) {
  ::prctl(PR_SET_NAME, "fescue-keeper");
  const int moved = ::fcntl(channel.get(), F_DUPFD_CLOEXEC, 64);
  if (moved < 0 || ::dup3(moved, 3, O_CLOEXEC) < 0) ::_exit(1);
  channel.release();
  if (!close_from(4)) ::_exit(1);
  Keeper keeper(Fd(3));
  keeper.run();
  ::_exit(0);
}

}  // namespace

Result<KeeperHandle> fork_keeper() {
  FESCUE_TRY(channel, make_channel());
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("make a keeper");
  if (pid == 0) become_keeper(std::move(channel.second));
  return KeeperHandle{pid, std::move(channel.first)};
}

void Keeper::run() {
  auto spec = receive_start();
  if (!spec) return;  // the launcher ended, or never needed this keeper
  exit_.id = spec->id;
  auto deaths = child_deaths();
  auto adopting = adopt_orphans();
  auto pid = !deaths ? deaths.error() : !adopting ? adopting.error() : launch(*spec);
  if (!pid) {
    send_message(channel_.get(), encode(StartFailed{spec->id, pid.error()}));
    return;
  }
  worker_ = *pid;
  deaths_ = std::move(*deaths);
  *spec = WorkerSpec{};  // closes its descriptors here: the worker's death is the end of its pipes
  send_message(channel_.get(), encode(Started{exit_.id, worker_}));
  watch();
  send_message(channel_.get(), encode(exit_));
}

Result<WorkerSpec> Keeper::receive_start() {
  FESCUE_TRY(incoming, reader_.read(channel_.get()));
  if (!incoming) return Error(Code::cancelled, "interrupted");
  FESCUE_TRY(request, decode_request(incoming->bytes));
  auto* spec = std::get_if<WorkerSpec>(&request);
  if (!spec) return Error(Code::invalid_argument, "the first request is not a start");
  FESCUE_CHECK(attach(*spec, std::move(incoming->descriptors)));
  return std::move(*spec);
}

void Keeper::watch() {
  while (!status_) {
    pollfd ready[] = {{channel_.get(), POLLIN, 0}, {deaths_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) continue;
    if (ready[1].revents != 0) take_deaths();
    if (ready[0].revents != 0 && !status_) take_request();
  }
  kill_leftovers();
}

void Keeper::take_request() {
  const auto incoming = reader_.read(channel_.get());
  if (incoming && !*incoming) return;
  auto request = incoming ? decode_request((*incoming)->bytes) : incoming.error();
  if (const auto* signal = request ? std::get_if<SignalRequest>(&*request) : nullptr) {
    ::kill(-worker_, signal->number);
    return;
  }
  // A kill, the launcher's end, or what the launcher would never send.
  kill_asked_ = true;
  ::kill(-worker_, SIGKILL);  // the group is the worker's as long as it is not reaped
  if (!incoming) channel_.reset();
}

void Keeper::take_deaths() {
  drain_child_deaths(deaths_.get());
  while (true) {
    const auto child = reap();
    if (!child || !*child) return;
    account(**child);
  }
}

void Keeper::account(const DeadChild& child) {
  exit_.cpu += cpu_time(child.usage);
  exit_.peak_memory_kb = std::max(exit_.peak_memory_kb, static_cast<std::uint64_t>(child.usage.ru_maxrss));
  if (child.pid != worker_ || status_) return;
  status_ = child.status;
  if (WIFEXITED(child.status)) {
    exit_.cause = ExitCause::exited;
    exit_.exit_code = WEXITSTATUS(child.status);
  } else {
    exit_.signal = WTERMSIG(child.status);
    exit_.cause = kill_asked_ && exit_.signal == SIGKILL ? ExitCause::killed : ExitCause::signalled;
  }
}

void Keeper::kill_leftovers() {
  const auto deadline = steady_now() + kLeftoversPatience;
  while (steady_now() < deadline) {
    auto child = reap();
    while (child && *child) {
      account(**child);
      child = reap();
    }
    if (!child) return;  // no children: nothing is left
    static_cast<void>(kill_children({}));
    pollfd ready{deaths_.get(), POLLIN, 0};
    ::poll(&ready, 1, kLeftoversRound);
    drain_child_deaths(deaths_.get());
  }
}

}  // namespace fescue
