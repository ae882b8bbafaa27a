// A monitor is the parent process of one worker: a fork of the launcher that keeps only its end of a channel,
// prewarmed. It starts the worker, passes signals on, and is the subreaper of everything that the worker leaves behind.
// When the worker has ended it kills those processes and only then reports the exit: nothing that a function starts
// outlives it, whatever session or group it moved to. If the launcher dies, the monitor reads the end of its channel
// and does the same; if the monitor dies, the kernel kills the worker. If the core dies the launcher does what is to
// be done, unless it is stopped: so the monitor watches the core, too, and has a stopped launcher go on.
//
// It waits for its worker inside the worker's cgroup (monitored_cgroup.h), so that the worker is forked into it, and
// leaves the cgroup then.
//
// A monitor for containers prepares a container (prepared_container.h) while it waits and is the first process of its
// pid namespace: when the monitor dies, the kernel kills the whole namespace.
//
// It speaks protocol.h: reads one start, then signal and kill; writes started and exited, or start_failed.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "sandbox/container/host_unmounts.h"
#include "sandbox/monitor/monitored_cgroup.h"
#include "sandbox/process/launch.h"
#include "sandbox/process/process.h"
#include "sandbox/protocol/channel.h"
#include "sandbox/seccomp/denied_calls.h"

namespace fescue {

/// What a monitor for containers needs before it knows its worker. The filters outlive it.
struct ContainerPlan {
  ContainerSettings settings;
  const SeccompFilters& filters;
};

class WorkerMonitor {
 public:
  /// `core`: a pidfd of the core, or -1.
  WorkerMonitor(Fd channel, const ContainerPlan* container, const Cgroups& cgroups, unsigned group, int core)
      : channel_(std::move(channel)), container_(container), group_(cgroups, group), core_(core) {}

  /// Lives until the worker and what it left behind are dead.
  void run();

 private:
  Result<void> await_start();
  Result<WorkerSpec> receive_start();
  Result<void> prepare_container_for();
  Result<WorkerPids> start(const WorkerSpec& spec);
  void watch();
  void take_request();
  void take_exits();
  void take_denied_call();
  void lose_core();
  void kill_worker();
  void account(const DeadChild& child);
  void kill_leftovers();
  void report_exit();

  Fd channel_;
  const ContainerPlan* container_;
  MonitoredCgroup group_;
  int core_;
  SteadyTime started_at_;
  Fd host_proc_;
  std::optional<PreparedContainer> prepared_;
  HostUnmounts unmounts_;
  DeniedCalls denied_calls_;
  Fd child_exits_;
  MessageReader reader_;
  pid_t worker_ = 0;
  bool kill_asked_ = false;
  bool killed_for_call_ = false;
  std::optional<int> status_;  // of the worker, once it is dead
  WorkerExit exit_;
};

/// Makes a monitor, for a container if there is a plan for one, and returns the launcher's end of its channel. `group`
/// is the number of its worker's cgroup, which nobody else has; `core` as above.
struct MonitorHandle {
  pid_t pid = 0;
  Fd channel;
};
Result<MonitorHandle> fork_monitor(const ContainerPlan* container, const Cgroups& cgroups, unsigned group, int core);

}  // namespace fescue
