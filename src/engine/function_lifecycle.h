// FunctionLifecycle: decides when worker processes start, which work they get, and when they stop. Pure: events go in
// with the time, actions come out of next_action(); it knows ids and configurations, never payloads, processes or
// clocks. One caller, one thread.
//
// On-demand function   a pool. Work goes to the idle worker that was used last, else to a new one while there are fewer
//                      than the ceilings allow (a full core stops the longest idle worker of another function to make
//                      room), else it waits in order of arrival. Idle workers stop after a while.
// Pinned function      one worker from the start; its work waits in order of arrival. A dead worker is replaced, at once
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
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/ports/worker_gateway.h"
#include "model/group.h"
#include "model/invocation.h"

namespace fescue {

struct LifecycleLimits {
  std::size_t max_work_items = 1024;  // accepted and not finished, over all functions
  std::size_t max_workers = 25;       // on-demand, over all functions, stopping ones included
  std::size_t max_workers_per_function = 25;
  std::size_t idle_workers = 25;  // on-demand; more than these are stopped, the longest idle first
  Duration idle_time = std::chrono::seconds(60);
  Duration init_time = std::chrono::seconds(30);  // from spawn to ready, unless the function has its own
  Duration stop_grace = std::chrono::seconds(2);  // from TERM to KILL
  Duration ask_grace = std::chrono::seconds(1);   // how long a worker between two items counts as available
  Duration silence = std::chrono::seconds(30);    // work waits and the worker does not ask for it: it hangs
  unsigned max_attempts = 3;                      // of one event, when workers die on it
  unsigned max_init_failures = 3;    // in a row, of an on-demand function: then its waiting work fails
  unsigned reported_failures = 5;    // in a row, of a pinned function: then it counts as failed
  Duration long_life = std::chrono::seconds(30);  // a worker that lived longer did not die young
  Duration first_pause = std::chrono::seconds(1);
  Duration longest_pause = std::chrono::seconds(30);
};

/// What is not decided by events; injected so that runs can be repeated.
struct LifecycleSources {
  std::function<WorkerId()> next_worker_id;  // never the same twice
  std::function<double()> jitter;            // uniform in [0, 1)
};

namespace lifecycle {

/// Start a worker process; answered by worker_started() or worker_start_failed().
struct Spawn {
  WorkerId worker;
  std::shared_ptr<const FunctionConfig> function;
};
/// Hand the item to the worker, whose request is open.
struct Give {
  WorkerId worker;
  InvocationId work;
};

enum class FailureKind {
  timed_out,
  worker_died,
  too_many_attempts,  // an event whose workers died each time
  init_failed,
  removed,  // the function left the group
  stopped,  // the core stops
};
/// The item ends without a result of the function. Callers get `message`, and nobody waits for events: a counted drop.
struct Fail {
  InvocationId work;
  FunctionArn function;
  WorkerId worker;  // empty when no worker had it
  FailureKind kind = FailureKind::worker_died;
  std::string message;
};

/// SIGTERM, politely; or SIGKILL. The worker is gone only with worker_exited().
struct Terminate {
  WorkerId worker;
};
enum class KillReason { timed_out, not_initialized, silent, ignored_terminate };
struct Kill {
  WorkerId worker;
  KillReason reason = KillReason::timed_out;
};

/// A pinned function serves (again).
struct PinnedReady {
  FunctionArn function;
};
/// A pinned function's worker could not start or died; it will be tried again.
struct PinnedDown {
  FunctionArn function;
  unsigned failures = 0;  // in a row
  std::string reason;
};

using Action = std::variant<Spawn, Give, Fail, Terminate, Kill, PinnedReady, PinnedDown>;

}  // namespace lifecycle

enum class FunctionState {
  idle,      // on-demand without a worker
  starting,  // its first worker is on the way
  running,
  waiting_to_restart,
  failed,  // too many failures in a row; still tried from time to time
};

struct FunctionReport {
  FunctionArn arn;
  bool pinned = false;
  FunctionState state = FunctionState::idle;
  std::size_t waiting = 0;  // items not delivered
  std::size_t workers = 0;  // processes, stopping ones included
  std::uint64_t restarts = 0;
  unsigned failures = 0;  // in a row
  std::string last_failure;
};

struct WorkerReport {
  WorkerId id;
  FunctionArn function;
  WorkerState state = WorkerState::starting;
};

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
  void worker_started(const WorkerId& worker, SteadyTime now);
  void worker_start_failed(const WorkerId& worker, std::string reason, SteadyTime now);
  void worker_initialized(const WorkerId& worker, SteadyTime now);
  void worker_failed_to_initialize(const WorkerId& worker, std::string reason, SteadyTime now);
  void worker_asked(const WorkerId& worker, SteadyTime now);
  /// The request for work went away unanswered.
  void worker_withdrew(const WorkerId& worker, SteadyTime now);
  /// Error: not_found when this worker does not hold the item.
  Result<void> worker_finished(const WorkerId& worker, const InvocationId& work, SteadyTime now);
  /// `cause` as people read it: "exit status 1", "signal: killed".
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
