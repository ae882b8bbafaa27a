// The files of cgroup v2 for limits, kills, devices and stats.
#include "sandbox/cgroup/cgroup_v2.h"

#include <cstdlib>

namespace fescue {

namespace {

/// "full avg10=12.34 avg60=... total=5678" of a pressure file.
void read_pressure(const CgroupDirectory& directory, CgroupStats& stats) {
  const auto text = directory.read("memory.pressure");
  const auto full = text ? text->find("full ") : std::string::npos;
  if (full == std::string::npos) return;
  const auto number_after = [&](std::string_view key) -> std::uint64_t {
    const auto at = text->find(key, full);
    return at == std::string::npos ? 0 : std::strtoull(text->c_str() + at + key.size(), nullptr, 10);
  };
  stats.stalled = std::chrono::microseconds(number_after("total="));
  stats.stalled_percent = static_cast<unsigned>(number_after("avg10="));
}

}  // namespace

Result<std::unique_ptr<WorkerGroup>> V2Group::make(const CgroupTree& tree, const std::set<std::string>& has,
                                                   const std::string& name) {
  FESCUE_TRY(directory, tree.directory().make_child(name));
  return std::unique_ptr<WorkerGroup>(new V2Group(tree, has, name, std::move(directory)));
}

Result<void> V2Group::enter() { return directory_.write("cgroup.procs", "0"); }

/// The OOM killer is to end the group as a whole only from here on: before, this process is in it.
Result<void> V2Group::leave() {
  FESCUE_CHECK(tree_.home().write("cgroup.procs", "0"));
  if (has_.contains("memory")) static_cast<void>(directory_.write("memory.oom.group", "1"));
  return ok();
}

Result<void> V2Group::write_if(const char* controller, const std::string& file, std::uint64_t number) {
  if (number == 0 || !has_.contains(controller)) return ok();
  return directory_.write(file, std::to_string(number));
}

/// With what its sockets hold, which v2 counts as any other memory.
Result<void> V2Group::limit(const WorkerLimits& limits) {
  FESCUE_CHECK(write_if("memory", "memory.max", limits.memory_kb * 1024));
  if (limits.memory_kb != 0) static_cast<void>(directory_.write("memory.swap.max", "0"));  // absent without swap
  FESCUE_CHECK(write_if("pids", "pids.max", limits.processes));
  return write_if("cpu", "cpu.weight", limits.cpu_weight);
}

Result<void> V2Group::allow_devices(std::span<const DeviceRule> rules) {
  if (!has_.contains("bpf")) return ok();
  FESCUE_TRY(program, load_device_program(rules));
  return attach_device_program(directory_, program);
}

void V2Group::kill() {
  if (has_.contains("kill") && directory_.write("cgroup.kill", "1")) return;
  static_cast<void>(directory_.write("cgroup.freeze", "1"));  // unlike v1's, frozen processes can die
  directory_.kill_processes();
  static_cast<void>(directory_.write("cgroup.freeze", "0"));
}

CgroupStats V2Group::stats() const {
  CgroupStats stats;
  if (const auto cpu = directory_.number_of("cpu.stat", "usage_usec")) stats.cpu = std::chrono::microseconds(*cpu);
  read_pressure(directory_, stats);
  if (has_.contains("memory")) {
    if (const auto peak = directory_.number("memory.peak")) stats.peak_memory_kb = *peak / 1024;
    stats.memory_limit_hits = directory_.number_of("memory.events", "max").value_or(0);
    stats.oom_kills = directory_.number_of("memory.events", "oom_kill").value_or(0);
    stats.refaults = refaults_of(directory_);
  }
  if (has_.contains("pids")) stats.processes_refused = directory_.number_of("pids.events", "max").value_or(0);
  return stats;
}

Result<void> V2Group::remove(std::chrono::milliseconds timeout) {
  return tree_.directory().remove_child(name_, timeout);
}

}  // namespace fescue
