// Hosts with controllers in v1 and an empty v2 tree: every call goes to one of the two backends or to both.
#include "sandbox/cgroup/cgroup_hybrid.h"

namespace fescue {

Result<void> HybridGroup::enter() {
  FESCUE_CHECK(v1_->enter());
  return v2_->enter();
}

Result<void> HybridGroup::leave() {
  FESCUE_CHECK(v2_->leave());
  return v1_->leave();
}

Result<void> HybridGroup::allow_devices(std::span<const DeviceRule> rules) {
  return devices_ == CgroupLayout::v2 ? v2_->allow_devices(rules) : v1_->allow_devices(rules);
}

CgroupStats HybridGroup::stats() const {
  CgroupStats stats = v1_->stats();
  const CgroupStats more = v2_->stats();
  if (more.cpu) stats.cpu = more.cpu;
  stats.stalled = more.stalled;
  stats.stalled_percent = more.stalled_percent;
  return stats;
}

Result<void> HybridGroup::remove(std::chrono::milliseconds timeout) {
  const auto first = v2_->remove(timeout);
  const auto second = v1_->remove(timeout);
  return first ? second : first;
}

}  // namespace fescue
