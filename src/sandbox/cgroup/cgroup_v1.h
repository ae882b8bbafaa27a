// Cgroup v1: one hierarchy for each controller (or a few together), each with a directory of its own for the group.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/cgroup/cgroup.h"

namespace fescue {

class V1Group : public WorkerGroup {
 public:
  /// Makes the group `name` in the trees, which outlive it. `tree_of` says by controller which of them it is in; any
  /// may be missing.
  static Result<std::unique_ptr<WorkerGroup>> make(const std::vector<CgroupTree>& trees,
                                                   const std::map<std::string, std::size_t>& tree_of,
                                                   const std::string& name);

  Result<void> enter() override;
  Result<void> leave() override;
  Result<void> limit(const WorkerLimits& limits) override;
  Result<void> allow_devices(std::span<const DeviceRule> rules) override;
  Result<Fd> watch_memory() override;
  void kill() override;
  CgroupStats stats() const override;
  Result<void> remove(std::chrono::milliseconds timeout) override;

 private:
  V1Group(const std::vector<CgroupTree>& trees, const std::map<std::string, std::size_t>& tree_of, std::string name)
      : trees_(trees), tree_of_(tree_of), name_(std::move(name)) {}

  bool has(const std::string& controller) const { return tree_of_.contains(controller); }
  const CgroupDirectory& of(const std::string& controller) const { return directories_[tree_of_.at(controller)]; }
  Result<void> limit_memory(std::uint64_t kilobytes);

  const std::vector<CgroupTree>& trees_;
  const std::map<std::string, std::size_t>& tree_of_;
  std::string name_;
  std::vector<CgroupDirectory> directories_;  // as trees_
};

}  // namespace fescue
