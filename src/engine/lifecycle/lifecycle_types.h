// The values that go in and out of FunctionLifecycle: limits, actions, reports.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "engine/ports/worker_gateway.h"
#include "model/group.h"
#include "model/ids.h"

namespace fescue {

struct LifecycleLimits {
  /// Accepted and not finished, over all functions. Beyond it as much again is in reserve, for those on whom no more
  /// than a sixteenth of this counts (base/fair_bound.h).
  std::size_t max_work_items = 1024;
  /// On-demand, over all functions, stopping ones included; but a function that has none gets its first beyond it while
  /// fewer functions than these have workers (docs/compatibility/lifecycle.md#sharing-the-workers).
  std::size_t max_workers = 25;
  std::size_t max_workers_per_function = 25;
  std::size_t idle_workers = 25;  // on-demand; more than these are stopped, the longest idle first
  Duration idle_time = std::chrono::seconds(60);
  Duration init_time = std::chrono::seconds(30);  // from spawn to ready, unless the function has its own
  Duration stop_grace = std::chrono::seconds(2);  // from TERM to KILL
  Duration ask_grace = std::chrono::seconds(1);   // how long a worker between two items counts as available
  Duration silence = std::chrono::seconds(30);    // work waits and the worker does not ask for it: it hangs
  unsigned max_attempts = 3;                      // of one event, when workers die on it
  unsigned max_init_failures = 3;                 // in a row, of an on-demand function: then its waiting work fails
  unsigned reported_failures = 5;                 // in a row, of a pinned function: then it counts as failed
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

/// Start a worker process. If that fails, the answer is worker_exited().
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

/// Which set a pinned function belongs to: the running one or the one that prepare() named.
enum class Standing { serving, prepared };
/// A pinned function serves (again).
struct PinnedReady {
  FunctionArn function;
  Standing standing = Standing::serving;
};
/// A pinned function whose start has not ended in time, but which calls others meanwhile: its module is the function,
/// an endless loop, as V1 allowed. It counts as ready; its worker may still ask for work.
struct PinnedBusy {
  FunctionArn function;
};
/// A pinned function's worker could not start or died; it will be tried again.
struct PinnedDown {
  FunctionArn function;
  Standing standing = Standing::serving;
  unsigned failures = 0;  // in a row
  std::string reason;
};

using Action = std::variant<Spawn, Give, Fail, Terminate, Kill, PinnedReady, PinnedBusy, PinnedDown>;

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
  lifecycle::Standing standing = lifecycle::Standing::serving;
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

}  // namespace fescue
