// A keeper is the parent of one worker: a copy of the launcher that holds nothing but its end of a channel, made before
// it is needed. It starts the worker, passes signals on, adopts every process that the worker leaves behind, and when
// the worker has ended it kills them all and only then reports the exit: nothing that a function starts outlives it,
// whatever session or group it moved to. If the launcher dies, the keeper reads the end of its channel and does the
// same; if the keeper dies, the kernel kills the worker.
//
// It speaks protocol.h: takes one start, then signal and kill; gives started and exited, or start_failed.
#pragma once

#include <optional>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/channel.h"
#include "sandbox/process.h"

namespace fescue {

class Keeper {
 public:
  explicit Keeper(Fd channel) : channel_(std::move(channel)) {}

  /// Lives until the worker and what it left behind are dead.
  void run();

 private:
  Result<WorkerSpec> receive_start();
  void watch();
  void take_request();
  void take_deaths();
  void account(const DeadChild& child);
  void kill_leftovers();

  Fd channel_;
  Fd deaths_;
  MessageReader reader_;
  pid_t worker_ = 0;
  bool kill_asked_ = false;
  std::optional<int> status_;  // of the worker, once it is dead
  WorkerExit exit_;
};

/// Makes a keeper and returns the launcher's end of its channel.
struct KeeperHandle {
  pid_t pid = 0;
  Fd channel;
};
Result<KeeperHandle> fork_keeper();

}  // namespace fescue
