#include "sandbox/cgroup_hybrid.h"

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

GroupFigures HybridGroup::figures() const {
  GroupFigures figures = v1_->figures();
  const GroupFigures more = v2_->figures();
  if (more.cpu) figures.cpu = more.cpu;
  figures.stalled = more.stalled;
  figures.stalled_percent = more.stalled_percent;
  return figures;
}

Result<void> HybridGroup::remove(std::chrono::milliseconds patience) {
  const auto first = v2_->remove(patience);
  const auto second = v1_->remove(patience);
  return first ? second : first;
}

}  // namespace fescue
