// FunctionLifecycle: decides when worker processes start, which work they get, and when they stop. Pure: events go in
// with the time, actions come out of next_action(); it knows ids and configurations, never payloads, processes or
// clocks. One caller, one thread.
//
// On-demand function   a pool. Work goes to the idle worker that was used last, else to a new one while there are fewer
//                      than the ceilings allow (a full core stops the longest idle worker of another function to make
//                      room), else it waits in order of arrival. Idle workers stop after a while.
// Pinned function      one worker from the start; its work waits in order of arrival. A dead worker is replaced, at
// once
//                      the first time, then with growing pauses while it keeps dying young.
//
// A worker has at most one item of work. Its time runs from delivery; when it is over the worker is killed. When a
// worker dies with an item, a waiting caller is told at once, an event goes back to the head of the queue until it has
// had `max_attempts`; work not yet delivered just stays queued (reference: function-runtime 4, 7).
//
// New groups come in two steps, so that a failing one changes nothing. prepare() starts what is new or changed beside
// what runs; commit() makes it the running set, roll_back() stops it again. At commit, replaced and removed functions
// get no new work, finish what they hold and stop; work that still waits for them goes to the new configuration of the
// same ARN, else to a version of the same function in the new set, else it fails.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/lifecycle_types.h"
#include "model/group.h"
#include "model/invocation.h"

namespace fescue {

class FunctionLifecycle {
 public:
  FunctionLifecycle(LifecycleLimits limits, LifecycleSources sources);
  ~FunctionLifecycle();

  // The set of functions. One prepare() at a time, ended by commit() or roll_back().
  void prepare(const std::vector<FunctionConfig>& functions, SteadyTime now);
  void commit(SteadyTime now);
  void roll_back(SteadyTime now);
  /// Fails all work and stops every worker; the set is empty afterwards.
  void stop(SteadyTime now);

  // Work.
  /// Whether submit() would succeed now. Errors: not_found, resource_exhausted.
  Result<void> admits(const FunctionArn& function) const;
  Result<void> submit(const FunctionArn& function, InvocationId work, InvocationType type, SteadyTime now);

  // Workers. Events of unknown workers are ignored: they are late news of one that is gone.
  void worker_initialized(const WorkerId& worker, SteadyTime now);
  void worker_failed_to_initialize(const WorkerId& worker, std::string reason, SteadyTime now);
  void worker_asked(const WorkerId& worker, SteadyTime now);
  /// The request for work went away unanswered.
  void worker_withdrew(const WorkerId& worker, SteadyTime now);
  /// Error: not_found when this worker does not hold the item.
  Result<void> worker_finished(const WorkerId& worker, const InvocationId& work, SteadyTime now);
  /// `cause` as people read it: "exit status 1", "signal: killed". Also the answer to a Spawn that failed.
  void worker_exited(const WorkerId& worker, std::string cause, SteadyTime now);

  // Time. next_deadline() never lies after the true next deadline, but may lie before it; tick() then does nothing.
  // It moves forward only by tick(), so one timer that is set again only for earlier times is enough.
  std::optional<SteadyTime> next_deadline() const;
  void tick(SteadyTime now);

  /// The oldest action not yet taken, in the order in which they must be carried out.
  std::optional<lifecycle::Action> next_action();

  // What is.
  std::size_t work_items() const;
  std::size_t worker_count() const;
  std::vector<FunctionReport> functions() const;
  std::vector<WorkerReport> workers() const;

 private:
  struct Work;
  struct Worker;
  struct Function;
};

}  // namespace fescue
