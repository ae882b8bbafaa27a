// The monitor's loop around one worker, its container and its cgroup, and the clean-up before it reports.
#include "sandbox/monitor/worker_monitor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>

#include "base/clock.h"
#include "sandbox/container/namespaces.h"
#include "sandbox/process/descriptors.h"

namespace fescue {

namespace {

/// How long leftovers may resist SIGKILL (a process in an uninterruptible wait, or one that forks faster than it can be
/// killed) before the exit is reported without them. The launcher then inherits them.
constexpr std::chrono::seconds kLeftoversTimeout{2};
constexpr int kLeftoversRound = 20;  // milliseconds between rounds when nobody dies

std::chrono::microseconds cpu_time(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Occupies the numbers that a worker's descriptors will have, so that nothing else of the monitor's is in their way.
void keep_numbers_free() {
  while (::open("/dev/null", O_RDONLY | O_CLOEXEC) < kConnectionDescriptor) {
  }
}

/// The core is gone: a stopped launcher would not see it. In a pid namespace no other process is visible.
void wake_launcher() {
  if (const pid_t launcher = ::getppid(); launcher > 1) ::kill(launcher, SIGCONT);
}

/// The monitor's side of the fork: nothing of the launcher's is left open but standard error, its cgroups and its view
/// of the core.
void become_monitor(Fd channel, const ContainerPlan* container, const Cgroups& cgroups, unsigned group, int core) {
  ::prctl(PR_SET_NAME, "fescue-monitor");
  auto kept = cgroups.descriptors();
  kept.push_back(channel.get());
  if (core >= 0) kept.push_back(core);
  if (!close_others(std::move(kept))) ::_exit(1);
  keep_numbers_free();
  WorkerMonitor monitor(std::move(channel), container, cgroups, group, core);
  monitor.run();
  static_cast<void>(cgroups.remove());  // when the launcher is gone and this was its last monitor
  ::_exit(0);
}

}  // namespace

Result<MonitorHandle> fork_monitor(const ContainerPlan* container, const Cgroups& cgroups, unsigned group, int core) {
  FESCUE_TRY(channel, make_channel());
  FESCUE_TRY(pid, fork_process(container ? PidNamespace::own : PidNamespace::shared));
  if (pid == 0) become_monitor(std::move(channel.second), container, cgroups, group, core);
  return MonitorHandle{pid, std::move(channel.first)};
}

void WorkerMonitor::run() {
  const auto prepared = container_ ? prepare_container_for() : ok();
  auto spec = receive_start();
  const auto pids = !spec ? spec.error() : prepared ? start(*spec) : prepared.error();
  if (pids) {
    exit_.id = spec->id;
    worker_ = pids->own;
    *spec = WorkerSpec{};  // closes its descriptors here: when the worker ends its pipes do
    send_message(channel_.get(), encode(Started{exit_.id, pids->host}));
    group_.leave();
    denied_calls_.receive(reader_);
    watch();
    report_exit();
  } else {  // or the launcher ended, or never needed this monitor
    if (spec) send_message(channel_.get(), encode(StartFailed{spec->id, pids.error()}));
    group_.leave();
  }
  group_.remove(MonitoredCgroup::Removal::until_timeout);
}

/// Until there is something to read, or the core is gone. What the host unmounts meanwhile is let go.
Result<void> WorkerMonitor::await_start() {
  pollfd ready[] = {{channel_.get(), POLLIN, 0}, {core_, POLLIN, 0}, {unmounts_.event(), POLLPRI, 0}};
  do {
    if (::poll(ready, std::size(ready), -1) < 0) continue;
    if (ready[2].revents != 0) unmounts_.let_go();
  } while (ready[0].revents == 0 && ready[1].revents == 0);
  if (ready[0].revents != 0) return ok();
  wake_launcher();
  return Error(Code::cancelled, "the core is gone");
}

Result<WorkerSpec> WorkerMonitor::receive_start() {
  FESCUE_CHECK(await_start());
  FESCUE_TRY(incoming, reader_.read(channel_.get()));
  if (!incoming) return Error(Code::cancelled, "interrupted");
  FESCUE_TRY(request, decode_request(incoming->bytes));
  auto* spec = std::get_if<WorkerSpec>(&request);
  if (!spec) return Error(Code::invalid_argument, "the first request is not a start");
  FESCUE_CHECK(attach(*spec, std::move(incoming->descriptors), Hop::to_monitor));
  return std::move(*spec);
}

Result<void> WorkerMonitor::prepare_container_for() {
  host_proc_.reset(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!host_proc_) return errno_error("open the host's /proc");
  FESCUE_CHECK(unmounts_.watch());
  FESCUE_TRY(prepared, PreparedContainer::make(container_->settings));
  prepared_ = std::move(prepared);
  return denied_calls_.prepare();
}

Result<WorkerPids> WorkerMonitor::start(const WorkerSpec& spec) {
  FESCUE_TRY(exits, child_exits());
  child_exits_ = std::move(exits);
  FESCUE_CHECK(adopt_orphans());
  FESCUE_CHECK(group_.apply(spec));
  started_at_ = steady_now();
  if (!prepared_) return launch(spec, nullptr);
  FESCUE_CHECK(prepared_->attach(spec));
  const ContainerContext context{*prepared_, container_->filters.of(spec), denied_calls_, host_proc_.get()};
  return launch(spec, &context);
}

void WorkerMonitor::watch() {
  while (!status_) {
    pollfd ready[] = {{channel_.get(), POLLIN, 0},
                      {child_exits_.get(), POLLIN, 0},
                      {group_.memory_event(), POLLIN, 0},
                      {denied_calls_.event(), POLLIN, 0},
                      {core_, POLLIN, 0},
                      {unmounts_.event(), POLLPRI, 0}};
    if (::poll(ready, std::size(ready), -1) < 0) continue;
    if (ready[5].revents != 0) unmounts_.let_go();
    if (ready[3].revents != 0) take_denied_call();
    if (ready[1].revents != 0) take_exits();
    if (ready[2].revents != 0) group_.take_memory_event();
    if (ready[4].revents != 0) lose_core();
    if (ready[0].revents != 0 && !status_) take_request();
  }
  kill_leftovers();
}

/// The kernel may be busy with the group for some milliseconds yet: the report does not wait for that.
void WorkerMonitor::report_exit() {
  group_.account(exit_, std::chrono::duration_cast<std::chrono::microseconds>(steady_now() - started_at_));
  group_.remove(MonitoredCgroup::Removal::once);
  send_message(channel_.get(), encode(exit_));
}

void WorkerMonitor::take_request() {
  const auto incoming = reader_.read(channel_.get());
  if (incoming && !*incoming) return;
  auto request = incoming ? decode_request((*incoming)->bytes) : incoming.error();
  if (const auto* signal = request ? std::get_if<SignalRequest>(&*request) : nullptr) {
    ::kill(-worker_, signal->number);
    return;
  }
  // A kill, the launcher's end, or what the launcher would never send.
  kill_worker();
  if (!incoming) channel_.reset();
}

void WorkerMonitor::lose_core() {
  core_ = -1;
  wake_launcher();
  if (!status_) kill_worker();
}

void WorkerMonitor::kill_worker() {
  kill_asked_ = true;
  ::kill(-worker_, SIGKILL);  // the group is the worker's as long as it is not reaped
}

void WorkerMonitor::take_exits() {
  drain_child_exits(child_exits_.get());
  while (true) {
    const auto child = reap();
    if (!child || !*child) return;
    account(**child);
  }
}

void WorkerMonitor::take_denied_call() {
  const auto refusal = denied_calls_.take();
  if (!refusal) return;
  exit_.refused_call = std::max(refusal->call, kNoCall);
  exit_.refused_architecture = refusal->architecture;
  const bool is_of_worker = ::syscall(SYS_tgkill, worker_, refusal->thread, 0) == 0;
  if (is_of_worker && ends_the_caller(*refusal)) killed_for_call_ = true;
}

void WorkerMonitor::account(const DeadChild& child) {
  exit_.cpu += cpu_time(child.usage);
  exit_.peak_memory_kb = std::max(exit_.peak_memory_kb, static_cast<std::uint64_t>(child.usage.ru_maxrss));
  if (child.pid != worker_ || status_) return;
  status_ = child.status;
  if (WIFEXITED(child.status)) {
    exit_.cause = ExitCause::exited;
    exit_.exit_code = WEXITSTATUS(child.status);
  } else {
    exit_.signal = WTERMSIG(child.status);
    if (killed_for_call_ && exit_.signal == SIGKILL) exit_.signal = SIGSYS;  // as without a listener
    exit_.cause = kill_asked_ && exit_.signal == SIGKILL ? ExitCause::killed : ExitCause::signalled;
  }
}

void WorkerMonitor::kill_leftovers() {
  group_.kill();
  const auto deadline = steady_now() + kLeftoversTimeout;
  while (steady_now() < deadline) {
    auto child = reap();
    while (child && *child) {
      account(**child);
      child = reap();
    }
    if (!child) return;  // no children: nothing is left
    static_cast<void>(prepared_ ? kill_everyone_else() : kill_children({}));
    pollfd ready{child_exits_.get(), POLLIN, 0};
    ::poll(&ready, 1, kLeftoversRound);
    drain_child_exits(child_exits_.get());
  }
}

}  // namespace fescue
