// The launcher's poll loop: requests from the core, spare monitors, events of monitors, exits.
#include "sandbox/launcher/launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/clock.h"
#include "sandbox/launcher/sources.h"
#include "sandbox/process/process.h"
#include "sandbox/process/rlimits.h"

namespace fescue {

namespace {

/// How long the launcher waits for its monitors when the core is gone: longer than a monitor waits for leftovers.
constexpr std::chrono::seconds kLeavingTimeout{5};

/// Hidden are, besides what is protected, the homes.
ContainerSettings container_settings(const LauncherPolicy& policy) {
  ContainerSettings plan{.masks = {"/root", "/home"}, .without = policy.without};
  plan.masks.insert(plan.masks.end(), policy.protected_directories.begin(), policy.protected_directories.end());
  return plan;
}

constexpr int kGroupsRound = 50;  // milliseconds between two tries to remove a cgroup

Error start_timed_out() {
  return Error(Code::timeout,
               "the process did not come to its program within " + std::to_string(kStartTimeout.count()) + " s");
}

bool is_last(const LauncherEvent& event) {
  return std::holds_alternative<WorkerExit>(event) || std::holds_alternative<StartFailed>(event);
}

}  // namespace

Launcher::Launcher(Fd core, LauncherPolicy policy)
    : core_(std::move(core)), policy_(policy), self_{::geteuid(), ::getegid()} {}

Result<void> Launcher::run() {
  FESCUE_CHECK(prepare());
  send(encode(Ready{{.cgroups = cgroups_->facilities(), .no_containers = why_no_containers()}}));
  serve();
  leave();
  return ok();
}

Result<void> Launcher::prepare() {
  silence_signals();
  ::prctl(PR_SET_DUMPABLE, 0);  // without root, functions have the launcher's uid: they must not trace it
  if (::fcntl(core_.get(), F_SETFL, O_NONBLOCK) != 0 || ::fcntl(core_.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return errno_error("set up the socket");
  }
  FESCUE_CHECK(limit_launcher());
  FESCUE_CHECK(adopt_orphans());
  FESCUE_TRY(exits, child_exits());
  child_exits_ = std::move(exits);
  core_process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, ::getppid(), 0)));
  accounts_ = read_system_accounts();
  cgroups_.emplace(policy_.cgroups);
  filters_.emplace(Listening(!policy_.without.contains("listeners")));
  return ok();
}

std::string Launcher::why_no_containers() const {
  return self_.uid == 0 ? why_container_fails(container_settings(policy_)) : "they need root";
}

void Launcher::serve() {
  std::vector<pollfd> ready;
  std::vector<LaunchId> ids;
  while (core_is_there_) {
    make_spares();
    const short wanted = outbox_.empty() ? POLLIN : POLLOUT;
    ready = {{core_.get(), wanted, 0}, {child_exits_.get(), POLLIN, 0}};
    ids.clear();
    for (const auto& [id, worker] : workers_) {
      ready.push_back({worker.monitor.channel.get(), POLLIN, 0});
      ids.push_back(id);
    }
    if (::poll(ready.data(), ready.size(), poll_timeout()) < 0) continue;
    finish_groups();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ready[i + 2].revents != 0) take_event(ids[i]);
    }
    if (ready[1].revents != 0) take_exits();
    if (ready[0].revents != 0) wanted == POLLIN ? take_request() : flush();
    end_overdue();
  }
}

/// Until a deadline, or the next round of removing cgroups.
int Launcher::poll_timeout() const {
  std::optional<SteadyTime> next;
  for (const auto& [id, worker] : workers_) {
    if (worker.deadline && (!next || *worker.deadline < *next)) next = worker.deadline;
  }
  const int round = unfinished_groups_.empty() ? -1 : kGroupsRound;
  if (!next) return round;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - steady_now()).count();
  const int until = static_cast<int>(std::max<long>(left, 0));
  return round < 0 ? until : std::min(round, until);
}

/// What a dying monitor leaves undone is done by lose() and take_exits().
void Launcher::end_overdue() {
  const SteadyTime now = steady_now();
  for (auto& [id, worker] : workers_) {
    if (!worker.deadline || *worker.deadline > now) continue;
    worker.deadline.reset();
    worker.is_overdue = true;
    if (monitors_.contains(worker.monitor.pid)) ::kill(worker.monitor.pid, SIGKILL);
  }
}

/// Every monitor reads the end of its channel, kills and leaves.
void Launcher::leave() {
  workers_.clear();
  for (auto& spare : spares_) spare.reset();
  const auto deadline = steady_now() + kLeavingTimeout;
  while (!monitors_.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_now());
    if (left.count() <= 0) break;
    pollfd ready{child_exits_.get(), POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(left.count()));
    take_exits();
  }
  static_cast<void>(kill_children({}));
  while (!unfinished_groups_.empty() && steady_now() < deadline) {
    ::poll(nullptr, 0, kGroupsRound);
    finish_groups();
  }
  static_cast<void>(cgroups_->remove());
}

void Launcher::take_request() {
  auto incoming = reader_.read(core_.get());
  if (!incoming && incoming.error().code() != Code::too_large) {
    core_is_there_ = false;
    return;
  }
  if (incoming && !*incoming) return;
  const auto handled = incoming ? handle(std::move(**incoming)) : incoming.error();
  if (!handled) send(encode(Rejected{++rejected_, handled.error().message()}));
}

Result<void> Launcher::handle(Incoming incoming) {
  FESCUE_TRY(request, decode_request(incoming.bytes));
  if (auto* spec = std::get_if<WorkerSpec>(&request)) {
    const LaunchId id = spec->id;
    const auto started = start(std::move(*spec), incoming.bytes, std::move(incoming.descriptors));
    if (!started) send(encode(StartFailed{id, started.error()}));
    return ok();
  }
  if (!incoming.descriptors.empty()) return Error(Code::invalid_argument, "only a start brings descriptors");
  if (const auto* signal = std::get_if<SignalRequest>(&request)) {
    pass(signal->id, incoming.bytes);
  } else if (const auto* kill = std::get_if<KillRequest>(&request)) {
    pass_kill(kill->id);
  } else if (const auto* look = std::get_if<LookRequest>(&request)) {
    answer(*look);
  } else {
    for (const auto& [id, worker] : workers_) pass_kill(id);
  }
  return ok();
}

Result<void> Launcher::start(WorkerSpec spec, std::string_view message, std::vector<Fd> descriptors) {
  FESCUE_CHECK(attach(spec, std::move(descriptors)));
  FESCUE_CHECK(admit(spec));
  const Place place = spec.container ? Place::container : Place::host;
  auto& monitor = spare(place);
  const auto hand_over = [&] {
    return send_message(monitor->channel.get(), message, descriptors_of(spec, Hop::to_monitor));
  };
  auto sent = monitor ? hand_over() : Error();
  if (!sent) {  // no spare, or it has been killed meanwhile
    FESCUE_CHECK(make_spare(place));
    sent = hand_over();
  }
  if (!sent) return sent.error();
  if (*sent == Sending::would_block) return Error(Code::resource_exhausted, "the monitor does not take the request");
  workers_.emplace(spec.id, Worker{std::move(*monitor), steady_now() + kStartTimeout});
  monitor.reset();
  return ok();
}

/// Everything that can be refused without a process. What the container gets of the host are detached mounts then.
Result<void> Launcher::admit(WorkerSpec& spec) {
  FESCUE_CHECK(check(policy_, self_, accounts_, spec));
  if (workers_.contains(spec.id)) {
    return Error(Code::already_exists, "launch id " + std::to_string(spec.id) + " is in use");
  }
  if (workers_.size() >= kMaxWorkers) {
    return Error(Code::resource_exhausted, "there are " + std::to_string(kMaxWorkers) + " workers already");
  }
  if (!spec.container) return check_groups(policy_, spec, {});
  FESCUE_TRY(owners, open_sources(*spec.container, policy_.protected_directories));
  return check_groups(policy_, spec, owners);
}

void Launcher::answer(const LookRequest& look) {
  const auto status = look_at_source(look.resource, policy_.protected_directories);
  send(status ? encode(Looked{look.id, *status}) : encode(LookFailed{look.id, status.error()}));
}

/// To a worker that has exited meanwhile, or to a monitor that is about to say so, a request means nothing.
void Launcher::pass(LaunchId id, std::string_view message) {
  const auto worker = workers_.find(id);
  if (worker != workers_.end()) static_cast<void>(send_message(worker->second.monitor.channel.get(), message));
}

void Launcher::pass_kill(LaunchId id) {
  const auto worker = workers_.find(id);
  if (worker == workers_.end() || std::exchange(worker->second.kill_asked, true)) return;
  const SteadyTime deadline = steady_now() + kKillTimeout;
  if (!worker->second.deadline || *worker->second.deadline > deadline) worker->second.deadline = deadline;
  pass(id, encode(KillRequest{id}));
}

/// Not while a worker is on its way: the fork would take time from it. If it fails, the next start tries again and
/// reports it.
void Launcher::make_spares() {
  const auto is_starting = [](const auto& entry) { return entry.second.stage == Stage::starting; };
  if (workers_.size() >= kMaxWorkers || std::ranges::any_of(workers_, is_starting)) return;
  if (!spare(Place::host)) static_cast<void>(make_spare(Place::host));
  if (self_.uid == 0 && !spare(Place::container)) static_cast<void>(make_spare(Place::container));
}

Result<void> Launcher::make_spare(Place place) {
  std::optional<ContainerPlan> plan;
  if (place == Place::container) plan.emplace(ContainerPlan{container_settings(policy_), *filters_});
  FESCUE_TRY(monitor, fork_monitor(plan ? &*plan : nullptr, *cgroups_, ++last_group_, core_process_.get()));
  monitors_[monitor.pid] = last_group_;
  spare(place) = std::move(monitor);
  return ok();
}

void Launcher::take_event(LaunchId id) {
  const auto incoming = reader_.read(workers_.at(id).monitor.channel.get());
  if (incoming && !*incoming) return;
  const auto event = incoming ? decode_event((*incoming)->bytes) : incoming.error();
  if (!event) return lose(id);
  if (is_last(*event)) {
    workers_.erase(id);
  } else {
    workers_.at(id).stage = Stage::running;
    if (!workers_.at(id).kill_asked) workers_.at(id).deadline.reset();
  }
  send(std::string((*incoming)->bytes));
}

/// The monitor died first (by another process's SIGKILL, say, or by ours). The kernel kills its worker; what else there
/// was comes to us.
void Launcher::lose(LaunchId id) {
  const Stage stage = workers_.at(id).stage;
  const bool is_late = workers_.at(id).is_overdue && !workers_.at(id).kill_asked;
  workers_.erase(id);
  kill_unowned_children();
  if (stage == Stage::starting) {
    send(encode(StartFailed{id, is_late ? start_timed_out() : Error(Code::io, "the worker's monitor died")}));
  } else {
    send(encode(WorkerExit{.id = id, .cause = ExitCause::lost}));
  }
}

void Launcher::take_exits() {
  drain_child_exits(child_exits_.get());
  bool left_children = false;
  for (auto child = reap(); child && *child; child = reap()) {
    const auto monitor = monitors_.extract((*child)->pid);
    left_children |= monitor.empty() || WIFSIGNALED((*child)->status);
    if (!monitor.empty()) unfinished_groups_.push_back(monitor.mapped());
  }
  if (left_children) kill_unowned_children();  // they are ours now
  finish_groups();
}

/// WorkerMonitors remove their groups themselves, if nobody kills them.
void Launcher::finish_groups() {
  std::erase_if(unfinished_groups_, [this](unsigned number) { return cgroups_->finish(number); });
}

void Launcher::kill_unowned_children() {
  std::set<pid_t> spared;
  for (const auto& [pid, group] : monitors_) spared.insert(pid);
  static_cast<void>(kill_children(spared));
}

void Launcher::send(std::string message) {
  outbox_.push_back(std::move(message));
  flush();
}

void Launcher::flush() {
  while (!outbox_.empty()) {
    const auto sent = send_message(core_.get(), outbox_.front());
    if (!sent) core_is_there_ = false;
    if (!sent || *sent == Sending::would_block) return;
    outbox_.pop_front();
  }
}

}  // namespace fescue
