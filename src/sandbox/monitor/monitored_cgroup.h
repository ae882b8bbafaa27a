// MonitoredCgroup: a monitor's use of its worker's cgroup, in the order of cgroup.h.
#pragma once

#include <chrono>
#include <memory>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/cgroup/cgroup.h"

namespace fescue {

class MonitoredCgroup {
 public:
  /// Makes the group `number` and goes in. Without one, workers that need no limits can still be started.
  MonitoredCgroup(const Cgroups& cgroups, unsigned number);

  /// Limits and devices of the worker that is about to start. Errors: what is required and cannot be held here.
  Result<void> apply(const WorkerSpec& spec);
  /// The worker runs: out again.
  void leave();

  /// To wait on, or -1: one of the worker's processes is being killed for lack of memory. Then take_memory_event().
  int memory_event() const { return memory_event_.get(); }
  /// Kills the rest of the group, once the kernel has counted the kill.
  void take_memory_event();
  void kill();

  /// Puts the stats of the group into `exit`, which has its status already, and finds the cause.
  void account(WorkerExit& exit, std::chrono::microseconds lifetime) const;

  enum class Removal { once, until_timeout };
  void remove(Removal removal);

 private:
  Result<void> enforce(const WorkerSpec& spec);

  const Cgroups& cgroups_;
  std::unique_ptr<WorkerGroup> group_;  // null when it could not be made
  Error problem_;
  bool inside_ = false;
  WorkerLimits limits_;
  Fd memory_event_;
};

}  // namespace fescue
