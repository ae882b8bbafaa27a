// A worker's limits, devices and last stats, in the order in which its monitor needs them.
#include "sandbox/monitor/monitored_cgroup.h"

#include <poll.h>
#include <unistd.h>

#include <memory>

#include "sandbox/monitor/container_devices.h"
#include "sandbox/monitor/exit_stats.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kRemoveTimeout{500};
constexpr int kConfirmTries = 50;
constexpr int kConfirmRound = 2;  // milliseconds

}  // namespace

MonitoredCgroup::MonitoredCgroup(const Cgroups& cgroups, unsigned number) : cgroups_(cgroups) {
  auto made = cgroups.make(number);
  if (!made) {
    problem_ = made.error();
    return;
  }
  group_ = std::move(*made);
  inside_ = true;  // perhaps in part of it
  if (auto entered = group_->enter(); !entered) {
    problem_ = entered.error();
    leave();
    remove(Removal::once);
    group_.reset();
  }
}

Result<void> MonitoredCgroup::apply(const WorkerSpec& spec) {
  const auto enforced = enforce(spec);
  return enforced || spec.limits.required ? enforced : ok();
}

Result<void> MonitoredCgroup::enforce(const WorkerSpec& spec) {
  limits_ = spec.limits;
  const CgroupFacilities& host = cgroups_.facilities();
  if (limits_.memory_kb != 0 && !host.has(CgroupUse::memory)) {
    return Error(Code::unavailable, "this host cannot enforce a memory limit: " + host.why_missing(CgroupUse::memory));
  }
  if (!group_) return problem_.in("make the worker's cgroup");
  FESCUE_CHECK(group_->limit(limits_));
  if (limits_.memory_kb != 0) {
    FESCUE_TRY(event, group_->watch_memory());
    memory_event_ = std::move(event);
  }
  if (!spec.container) return ok();
  FESCUE_TRY(rules, devices_of(*spec.container));
  return group_->allow_devices(rules);
}

void MonitoredCgroup::leave() {
  if (group_ && inside_ && group_->leave()) inside_ = false;
}

void MonitoredCgroup::take_memory_event() {
  std::uint64_t times = 0;
  if (::read(memory_event_.get(), &times, sizeof times) < 0) return;
  for (int i = 0; i < kConfirmTries; ++i) {
    if (group_->stats().oom_kills != 0) return kill();
    ::poll(nullptr, 0, kConfirmRound);
  }
}

void MonitoredCgroup::kill() {
  if (group_ && !inside_) group_->kill();
}

void MonitoredCgroup::account(WorkerExit& exit, std::chrono::microseconds lifetime) const {
  exit.memory_limit_kb = cgroups_.facilities().has(CgroupUse::memory) ? limits_.memory_kb : 0;
  add_stats(exit, group_ ? group_->stats() : CgroupStats(), lifetime);
}

void MonitoredCgroup::remove(Removal removal) {
  const auto timeout = removal == Removal::once ? std::chrono::milliseconds(0) : kRemoveTimeout;
  if (group_ && !inside_ && group_->remove(timeout)) group_.reset();
}

}  // namespace fescue
