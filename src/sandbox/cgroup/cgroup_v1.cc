// The files of cgroup v1, one directory for each controller, and the memory event that comes before a kill.
#include "sandbox/cgroup/cgroup_v1.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "base/clock.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kFreezeTimeout{200};
constexpr const char* kSocketMemory = "memory.kmem.tcp.limit_in_bytes";

/// 100, the default weight of v2, is 1024 shares.
std::uint64_t shares_of(std::uint32_t weight) { return std::max<std::uint64_t>(2, std::uint64_t{weight} * 1024 / 100); }

}  // namespace

Result<std::unique_ptr<WorkerGroup>> V1Group::make(const std::vector<CgroupTree>& trees,
                                                   const std::map<std::string, std::size_t>& tree_of,
                                                   const std::string& name) {
  std::unique_ptr<V1Group> group(new V1Group(trees, tree_of, name));
  for (const auto& tree : trees) {
    FESCUE_TRY(directory, tree.directory().make_child(name));
    group->directories_.push_back(std::move(directory));
  }
  return std::unique_ptr<WorkerGroup>(std::move(group));
}

Result<void> V1Group::enter() {
  for (const auto& directory : directories_) FESCUE_CHECK(directory.write("cgroup.procs", "0"));
  return ok();
}

Result<void> V1Group::leave() {
  for (const auto& tree : trees_) FESCUE_CHECK(tree.home().write("cgroup.procs", "0"));
  return ok();
}

/// The limit with swap cannot be below the plain one, so it comes second. Kernels without swap accounting lack it. What
/// sockets hold is counted beside both, and only where it has a limit: they may take as much again.
Result<void> V1Group::limit_memory(std::uint64_t kilobytes) {
  const std::string bytes = std::to_string(kilobytes * 1024);
  const CgroupDirectory& memory = of("memory");
  FESCUE_CHECK(memory.write("memory.limit_in_bytes", bytes));
  if (memory.has("memory.memsw.limit_in_bytes")) FESCUE_CHECK(memory.write("memory.memsw.limit_in_bytes", bytes));
  return memory.has(kSocketMemory) ? memory.write(kSocketMemory, bytes) : ok();
}

Result<void> V1Group::limit(const WorkerLimits& limits) {
  if (limits.memory_kb != 0 && has("memory")) FESCUE_CHECK(limit_memory(limits.memory_kb));
  if (limits.processes != 0 && has("pids")) {
    FESCUE_CHECK(of("pids").write("pids.max", std::to_string(limits.processes)));
  }
  if (limits.cpu_weight != 0 && has("cpu")) {
    FESCUE_CHECK(of("cpu").write("cpu.shares", std::to_string(shares_of(limits.cpu_weight))));
  }
  return ok();
}

Result<void> V1Group::allow_devices(std::span<const DeviceRule> rules) {
  if (!has("devices")) return ok();
  const CgroupDirectory& devices = of("devices");
  FESCUE_CHECK(devices.write("devices.deny", "a"));
  for (const auto& rule : rules) FESCUE_CHECK(devices.write("devices.allow", v1_device_rule(rule)));
  return ok();
}

/// The kernel kills one process of the group and says so before it does.
Result<Fd> V1Group::watch_memory() {
  if (!has("memory")) return Fd();
  Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return errno_error("make an event");
  const CgroupDirectory& memory = of("memory");
  const Fd control(::openat(memory.fd(), "memory.oom_control", O_RDONLY | O_CLOEXEC));
  if (!control) return errno_error("open memory.oom_control");
  FESCUE_CHECK(memory.write("cgroup.event_control", std::to_string(event.get()) + " " + std::to_string(control.get())));
  return event;
}

/// Frozen processes cannot fork while they are killed one by one; the signal reaches them when they thaw.
void V1Group::kill() {
  if (directories_.empty()) return;
  if (!has("freezer")) return directories_.front().kill_processes();
  const CgroupDirectory& freezer = of("freezer");
  const auto deadline = steady_now() + kFreezeTimeout;
  static_cast<void>(freezer.write("freezer.state", "FROZEN"));
  for (auto state = freezer.read("freezer.state"); state && *state == "FREEZING\n";
       state = freezer.read("freezer.state")) {
    if (steady_now() >= deadline) break;
    ::poll(nullptr, 0, 1);
  }
  freezer.kill_processes(std::chrono::milliseconds(0));
  static_cast<void>(freezer.write("freezer.state", "THAWED"));
  freezer.kill_processes();
}

CgroupStats V1Group::stats() const {
  CgroupStats stats;
  if (has("memory")) {
    const CgroupDirectory& memory = of("memory");
    if (const auto peak = memory.number("memory.max_usage_in_bytes")) stats.peak_memory_kb = *peak / 1024;
    stats.memory_limit_hits = memory.number("memory.failcnt").value_or(0) +
                              memory.number("memory.memsw.failcnt").value_or(0);  // each is hit at the same size
    stats.oom_kills = memory.number_of("memory.oom_control", "oom_kill").value_or(0);
    stats.refaults = refaults_of(memory);
  }
  if (has("pids")) stats.processes_refused = of("pids").number_of("pids.events", "max").value_or(0);
  const auto cpu = has("cpuacct") ? of("cpuacct").number("cpuacct.usage") : std::nullopt;
  if (cpu) stats.cpu = std::chrono::microseconds(*cpu / 1000);
  return stats;
}

Result<void> V1Group::remove(std::chrono::milliseconds timeout) {
  Result<void> outcome = ok();
  for (const auto& tree : trees_) {
    if (auto removed = tree.directory().remove_child(name_, timeout); !removed) outcome = removed;
  }
  return outcome;
}

}  // namespace fescue
