// FunctionLifecycle: decides when worker processes start, which work they get, and when they stop. Pure: events go in
// with the time, actions come out of next_action(); it knows ids and configurations, never payloads, processes or
// clocks. One caller, one thread.
//
// On-demand function   a pool. Work goes to the idle worker that was used last, else to a new one while there are fewer
//                      than the ceilings allow (a full core stops the longest idle worker of another function to make
//                      room), else it waits in order of arrival. Idle workers stop after a while.
// Pinned function      one worker from the start; its work waits in order of arrival. A dead worker is replaced, at
//                      once the first time, then with growing pauses while it ends soon after each start. One that
//                      publishes or calls functions while its start goes on has no start timeout.
//
// A worker has at most one item of work. Its time runs from delivery; when it is over the worker is killed. When a
// worker dies with an item, a waiting caller is told at once, an event goes back to the head of the queue until it has
// had `max_attempts`; work not yet delivered just stays queued, and an item that the worker had not even read goes back
// as if it had not been given (docs/compatibility/lifecycle.md#workers, docs/compatibility/lifecycle.md#retries).
//
// New groups come in two steps, so that a failing one changes nothing. prepare() starts what is new or changed beside
// what runs; commit() makes it the running set, roll_back() stops it again. At commit, replaced and removed functions
// get no new work, finish what they hold and stop; work that still waits for them goes to the new configuration of the
// same ARN, else to a version of the same function in the new set, else it fails. A new pinned version that cannot
// start beside the one it replaces because something is taken (a port, a serial line) is tried once more alone, while
// the old one's work waits.
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
#include "base/fair_bound.h"
#include "base/result.h"
#include "engine/lifecycle/lifecycle_types.h"
#include "model/group.h"
#include "model/invocation.h"

namespace fescue {

namespace lifecycle {
struct Function;
struct Worker;
struct Work;
enum class Phase;
enum class Role;
}  // namespace lifecycle

class FunctionLifecycle {
 public:
  FunctionLifecycle(LifecycleLimits limits, LifecycleSources sources);
  ~FunctionLifecycle();

  // The set of functions. One prepare() at a time, ended by commit() or roll_back().
  void prepare(const std::vector<FunctionConfig>& functions, SteadyTime now);
  void commit(SteadyTime now);
  void roll_back(SteadyTime now);
  /// Whether every pinned function of that standing has a worker that is ready.
  bool all_pinned_ready(lifecycle::Standing standing) const;
  /// Fails all work, with `why` for its callers, and stops every worker; the set is empty afterwards.
  void stop(SteadyTime now, const std::string& why = "the core is stopping");

  // Work.
  /// Whether submit() would succeed now. Errors: not_found, resource_exhausted. An item counts on the function that
  /// caused it, `caller`; without one, on the function that it is for.
  Result<void> admits(const FunctionArn& function, const FunctionArn& caller = {}) const;
  Result<void> submit(const FunctionArn& function, InvocationId work, InvocationType type, SteadyTime now,
                      const FunctionArn& caller = {});

  // Workers. Events of unknown workers are ignored: they are late news of one that is gone.
  void worker_initialized(const WorkerId& worker, SteadyTime now);
  void worker_failed_to_initialize(const WorkerId& worker, std::string reason, SteadyTime now);
  /// It has published something or called a function.
  void worker_called(const WorkerId& worker);
  void worker_asked(const WorkerId& worker, SteadyTime now);
  /// The request for work went away unanswered.
  void worker_withdrew(const WorkerId& worker, SteadyTime now);
  /// It went away without having read the item. Ignored when it does not hold it.
  void worker_returned(const WorkerId& worker, const InvocationId& work, SteadyTime now);
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
  bool has_actions() const { return !actions_.empty(); }

  // What is.
  std::size_t work_items() const;
  std::size_t worker_count() const;
  std::vector<FunctionReport> functions() const;
  std::vector<WorkerReport> workers() const;

 private:
  using Worker = lifecycle::Worker;
  using Function = lifecycle::Function;
  using Work = lifecycle::Work;
  using FunctionMap = std::unordered_map<FunctionArn, std::unique_ptr<Function>>;

  Function* find_function(const FunctionArn& arn) const;
  Worker* find_worker(const WorkerId& id) const;

  // function_lifecycle.cc: the sets
  std::unique_ptr<Function> make_function(const FunctionConfig& config, lifecycle::Role role) const;
  Function* predecessor_of(const FunctionConfig& config) const;
  Function* successor_of(const FunctionArn& gone) const;
  void leave(std::unique_ptr<Function> function, SteadyTime now);
  void finish_preparing();
  void forget_empty_leaving();

  // lifecycle_pool.cc: what one function needs now, and the ceilings
  void reconcile(Function& function, SteadyTime now);
  void reconcile_pinned(Function& function, SteadyTime now);
  void grow(Function& function, SteadyTime now);
  void give(Function& function, SteadyTime now);
  std::size_t unmet(const Function& function, SteadyTime now) const;
  bool pausing(const Function& function, SteadyTime now);
  bool has_slot(const Function& function) const;
  void want_slot(Function& function, SteadyTime now);
  void order_line(SteadyTime now);
  void make_room(SteadyTime now);
  void serve_slots(SteadyTime now);
  std::size_t stopping_workers() const;
  bool may_go_over(const Function& function, SteadyTime now);
  bool gives_way(const Function& function) const;
  void trim_idle(SteadyTime now);
  Worker* longest_idle(const Function* for_function) const;

  // lifecycle_pool.cc: one worker
  void spawn(Function& function, SteadyTime now);
  void enter(Worker& worker, lifecycle::Phase phase, SteadyTime now);
  void become_ready(Worker& worker, SteadyTime now);
  void became_free(Worker& worker, SteadyTime now);
  void terminate(Worker& worker, SteadyTime now);
  void retire(Worker& worker, SteadyTime now);
  void kill(Worker& worker, lifecycle::KillReason reason, std::string verdict, SteadyTime now);
  void expire(Worker& worker, SteadyTime now);
  void expire_start(Worker& worker, SteadyTime now);

  // lifecycle_failures.cc
  void record_failure(Function& function, const Worker& worker, std::string reason, SteadyTime now);
  void lose(Worker& worker, std::string_view cause, SteadyTime now);
  void requeue(Work work, Function& from, SteadyTime now);
  void fail(const Work& work, const FunctionArn& function, const WorkerId& worker, lifecycle::FailureKind kind,
            std::string message);
  void fail_waiting(Function& function, lifecycle::FailureKind kind, const std::string& message);
  void fail_unheard(Function& function, const std::string& message, SteadyTime now);
  void fail_waiting_callers(Function& function, const std::string& message);

  void note(std::optional<SteadyTime> deadline);

  LifecycleLimits limits_;
  LifecycleSources sources_;
  FunctionMap serving_;
  FunctionMap prepared_;             // new or changed ones
  std::vector<FunctionArn> target_;  // the whole set of prepare()
  bool preparing_ = false;
  std::vector<std::unique_ptr<Function>> leaving_;
  std::unordered_map<WorkerId, std::unique_ptr<Worker>> workers_;
  std::size_t on_demand_workers_ = 0;
  std::deque<Function*> slot_line_;  // functions that wait for room under max_workers
  FairBound<FunctionArn> work_items_;
  std::uint64_t next_number_ = 0;
  std::optional<SteadyTime> earliest_;  // no deadline lies before it
  std::deque<lifecycle::Action> actions_;
};

}  // namespace fescue
