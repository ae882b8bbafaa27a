// A keeper is the parent of one worker: a copy of the launcher that holds nothing but its end of a channel, made before
// it is needed. It starts the worker, passes signals on, adopts every process that the worker leaves behind, and when
// the worker has ended it kills them all and only then reports the exit: nothing that a function starts outlives it,
// whatever session or group it moved to. If the launcher dies, the keeper reads the end of its channel and does the
// same; if the keeper dies, the kernel kills the worker.
//
// It waits for its worker inside the cgroup that the worker will be born in (kept_group.h), and leaves it then.
//
// A keeper for containers makes a room (room.h) while it waits and lives in it, as the first process of its pid
// namespace; then the kernel itself kills everything when the keeper dies.
//
// It speaks protocol.h: takes one start, then signal and kill; gives started and exited, or start_failed.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "sandbox/channel.h"
#include "sandbox/kept_group.h"
#include "sandbox/launch.h"
#include "sandbox/process.h"
#include "sandbox/refusals.h"

namespace fescue {

/// What a keeper for containers needs before it knows its worker. The filter outlives it.
struct ContainerPlan {
  RoomPlan room;
  const SeccompFilter& filter;
};

class Keeper {
 public:
  Keeper(Fd channel, const ContainerPlan* container, const Cgroups& cgroups, unsigned group)
      : channel_(std::move(channel)), container_(container), group_(cgroups, group) {}

  /// Lives until the worker and what it left behind are dead.
  void run();

 private:
  Result<WorkerSpec> receive_start();
  Result<void> prepare_room();
  Result<WorkerPids> start(const WorkerSpec& spec);
  void watch();
  void take_request();
  void take_deaths();
  void take_refusal();
  void account(const DeadChild& child);
  void kill_leftovers();
  void report_exit();

  Fd channel_;
  const ContainerPlan* container_;
  KeptGroup group_;
  SteadyTime started_at_;
  Fd host_proc_;
  std::optional<Room> room_;
  Refusals refusals_;
  Fd deaths_;
  MessageReader reader_;
  pid_t worker_ = 0;
  bool kill_asked_ = false;
  bool killed_for_call_ = false;
  std::optional<int> status_;  // of the worker, once it is dead
  WorkerExit exit_;
};

/// Makes a keeper, for a container if there is a plan for one, and returns the launcher's end of its channel. `group`
/// is the number of its worker's cgroup, which nobody else has.
struct KeeperHandle {
  pid_t pid = 0;
  Fd channel;
};
Result<KeeperHandle> fork_keeper(const ContainerPlan* container, const Cgroups& cgroups, unsigned group);

}  // namespace fescue
