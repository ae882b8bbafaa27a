// A v1 host with a v2 tree beside it, which has no controllers: limits from v1, everything else from v2.
#pragma once

#include <memory>

#include "sandbox/cgroup/cgroup.h"

namespace fescue {

class HybridGroup : public WorkerGroup {
 public:
  HybridGroup(std::unique_ptr<WorkerGroup> v1, std::unique_ptr<WorkerGroup> v2, CgroupLayout devices)
      : v1_(std::move(v1)), v2_(std::move(v2)), devices_(devices) {}

  Result<void> enter() override;
  Result<void> leave() override;
  Result<void> limit(const WorkerLimits& limits) override { return v1_->limit(limits); }
  Result<void> allow_devices(std::span<const DeviceRule> rules) override;
  Result<Fd> watch_memory() override { return v1_->watch_memory(); }
  void kill() override { v2_->kill(); }
  CgroupStats stats() const override;
  Result<void> remove(std::chrono::milliseconds timeout) override;

 private:
  std::unique_ptr<WorkerGroup> v1_, v2_;
  CgroupLayout devices_;  // v2 where its programs can be had
};

}  // namespace fescue
