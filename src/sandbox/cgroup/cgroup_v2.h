// Cgroup v2: one hierarchy for everything. Beside a v1 host's it has no controllers and yet can kill and hold devices.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "sandbox/cgroup/cgroup.h"

namespace fescue {

class V2Group : public WorkerGroup {
 public:
  /// Makes the group `name` in the tree, which outlives it. `has` names the controllers that are there, "kill"
  /// (cgroup.kill) and "bpf".
  static Result<std::unique_ptr<WorkerGroup>> make(const CgroupTree& tree, const std::set<std::string>& has,
                                                   const std::string& name);

  Result<void> enter() override;
  Result<void> leave() override;
  Result<void> limit(const WorkerLimits& limits) override;
  Result<void> allow_devices(std::span<const DeviceRule> rules) override;
  void kill() override;
  CgroupStats stats() const override;
  Result<void> remove(std::chrono::milliseconds timeout) override;

 private:
  V2Group(const CgroupTree& tree, const std::set<std::string>& has, std::string name, CgroupDirectory directory)
      : tree_(tree), has_(has), name_(std::move(name)), directory_(std::move(directory)) {}

  Result<void> write_if(const char* controller, const std::string& file, std::uint64_t number);

  const CgroupTree& tree_;
  const std::set<std::string>& has_;
  std::string name_;
  CgroupDirectory directory_;
};

/// Where the launcher's directory can be in a v2 tree, and which of the wanted controllers it has there.
struct V2Place {
  std::string parent, home;
};

/// Makes controllers usable below a group. A group that has processes of its own cannot hand controllers on, so this
/// looks, in this order, at: `parent` if it is named; the launcher's own group; the same with its processes moved to a
/// leaf, if the group is theirs alone or was delegated to them; the top of the tree.
V2Place prepare_v2(const CgroupMount& mount, const std::string& parent, const std::set<std::string>& wanted);

/// Hands `controllers` of `directory` on to the groups below it; returns those that could be.
std::set<std::string> delegate_controllers(const CgroupDirectory& directory, const std::set<std::string>& controllers);

}  // namespace fescue
