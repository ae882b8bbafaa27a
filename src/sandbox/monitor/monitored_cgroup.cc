// A worker's limits, devices and last stats, in the order in which its monitor needs them.
#include "sandbox/monitor/monitored_cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kRemoveTimeout{500};
constexpr int kConfirmTries = 50;
constexpr int kDeviceDepth = 3;  // /dev/bus/usb/001/002
constexpr std::size_t kMostDeviceRules = 100;
constexpr int kConfirmRound = 2;  // milliseconds

// From when on a worker at its limit counts as spinning. A healthy one also meets its limit, whenever it has read more
// files than fit: that costs it no time worth speaking of.
constexpr std::chrono::milliseconds kLeastStall{500};
constexpr unsigned kStalledPercent = 20;
constexpr std::uint64_t kRefaultsPerSecond = 500;  // not every kernel tells of stalls, and fast disks hide them

bool is_at_limit(const WorkerExit& exit) {
  return exit.memory_limit_kb != 0 && exit.peak_memory_kb >= exit.memory_limit_kb / 10 * 9;
}

MemoryPressure spins(const WorkerExit& exit, const CgroupStats& stats, std::chrono::microseconds lifetime) {
  if (!is_at_limit(exit)) return MemoryPressure::no;
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(lifetime).count(), 1l);
  if (stats.refaults >= kRefaultsPerSecond * static_cast<std::uint64_t>(seconds)) return MemoryPressure::yes;
  if (!stats.stalled || *stats.stalled < kLeastStall) return MemoryPressure::no;
  const bool lately = stats.stalled_percent.value_or(0) >= kStalledPercent;
  const bool mostly = *stats.stalled * 100 >= lifetime * kStalledPercent;
  return MemoryPressure(lately || mostly);
}

}  // namespace

void add_stats(WorkerExit& exit, const CgroupStats& stats, std::chrono::microseconds lifetime) {
  if (stats.peak_memory_kb) exit.peak_memory_kb = *stats.peak_memory_kb;
  if (stats.cpu) exit.cpu = *stats.cpu;
  exit.memory_limit_hits = stats.memory_limit_hits;
  exit.memory_stalled = stats.stalled.value_or(std::chrono::microseconds(0));
  exit.processes_refused = stats.processes_refused;
  exit.oom_kills = static_cast<std::uint32_t>(std::min<std::uint64_t>(stats.oom_kills, UINT32_MAX));
  if (exit.signal == SIGKILL && exit.oom_kills != 0) exit.cause = ExitCause::out_of_memory;
  if (exit.signal == SIGSYS) exit.cause = ExitCause::seccomp;
  if (exit.cause != ExitCause::out_of_memory) exit.memory_pressure = spins(exit, stats, lifetime);
}

/// All devices of the drivers (major numbers) whose nodes are in this directory: its nodes come and go, as those of USB
/// do.
void add_drivers_below(int directory, DeviceRule::Access access, int depth, std::vector<DeviceRule>& rules) {
  const int opened = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opened < 0 ? nullptr : ::fdopendir(opened), &::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    struct stat status;
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || rules.size() >= kMostDeviceRules) continue;
    if (::fstatat(opened, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode) && depth > 0) {
      const Fd below(::openat(opened, entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (below) add_drivers_below(below.get(), access, depth - 1, rules);
    }
    if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) continue;
    const auto kind = S_ISBLK(status.st_mode) ? DeviceRule::Kind::block : DeviceRule::Kind::character;
    const bool is_known = std::ranges::any_of(rules, [&](const DeviceRule& rule) {
      return rule.kind == kind && rule.major == major(status.st_rdev) && !rule.minor && rule.access == access;
    });
    if (!is_known) rules.push_back({kind, major(status.st_rdev), std::nullopt, access});
  }
}

Result<std::vector<DeviceRule>> devices_of(const ContainerSpec& container) {
  auto rules = common_devices();
  for (const auto& resource : container.resources) {
    if (resource.kind != HostResource::Kind::device) continue;
    struct stat status;
    if (::fstat(resource.mount.get(), &status) != 0) return errno_error("look at " + resource.source);
    const bool writes = resource.access == HostResource::Access::read_write;
    const auto access = writes ? DeviceRule::Access::read_write : DeviceRule::Access::read;
    if (S_ISDIR(status.st_mode)) {
      add_drivers_below(resource.mount.get(), access, kDeviceDepth, rules);
    } else {
      rules.push_back({S_ISBLK(status.st_mode) ? DeviceRule::Kind::block : DeviceRule::Kind::character,
                       major(status.st_rdev), minor(status.st_rdev), access});
    }
  }
  return rules;
}

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
  const auto held = hold(spec);
  return held || spec.limits.required ? held : ok();
}

Result<void> MonitoredCgroup::hold(const WorkerSpec& spec) {
  limits_ = spec.limits;
  const CgroupFacilities& host = cgroups_.facilities();
  if (limits_.memory_kb != 0 && !host.has(CgroupUse::memory)) {
    return Error(Code::unavailable, "this host cannot hold a memory limit: " + host.why_missing(CgroupUse::memory));
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
