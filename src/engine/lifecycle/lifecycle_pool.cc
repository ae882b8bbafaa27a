// FunctionLifecycle: what a function needs now, the ceilings, and the life of one worker.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/assert.h"
#include "engine/lifecycle/function_lifecycle.h"
#include "engine/lifecycle/lifecycle_model.h"

namespace fescue {

using lifecycle::FailureKind;
using lifecycle::KillReason;
using lifecycle::Phase;
using lifecycle::Role;

/// Brings the function to where its queue and its set want it. Every event that changes something ends here.
void FunctionLifecycle::reconcile(Function& function, SteadyTime now) {
  if (function.role == Role::leaving || function.suspended) {
    for (Worker* worker : function.members) {
      if (worker->phase == Phase::starting || worker->phase == Phase::ready) retire(*worker, now);
    }
    return;
  }
  give(function, now);
  if (function.pinned()) {
    reconcile_pinned(function, now);
  } else {
    grow(function, now);
  }
  if (function.queue.empty()) return;
  for (const Worker* worker : function.members) {
    if (worker->is_busy) note(deadline_of(*worker, limits_));
    if (worker->phase != Phase::ready || worker->asking) continue;
    note(deadline_of(*worker, limits_));
    if (now < worker->since + limits_.ask_grace) note(worker->since + limits_.ask_grace);
  }
}

void FunctionLifecycle::give(Function& function, SteadyTime now) {
  while (!function.queue.empty() && !function.free.empty()) {
    Worker& worker = *function.free.back();
    function.free.pop_back();
    worker.asking = false;
    worker.work = std::move(function.queue.front());
    function.queue.pop_front();
    ++worker.work->attempts;
    enter(worker, Phase::working, now);
    actions_.push_back(lifecycle::Give{worker.id, worker.work->id});
  }
}

void FunctionLifecycle::reconcile_pinned(Function& function, SteadyTime now) {
  if (!function.members.empty() || pausing(function, now)) return;
  const Function* old = function.predecessor;
  if (old && old->suspended && !old->members.empty()) return;
  spawn(function, now);
}

void FunctionLifecycle::grow(Function& function, SteadyTime now) {
  while (unmet(function, now) > 0) {
    if (pausing(function, now)) return;
    if (function.failures > 0 && function.starting() > 0) return;  // one trial at a time while it fails
    if (!has_slot(function)) return want_slot(function, now);
    spawn(function, now);
  }
}

/// How many more workers the function could use and may have.
std::size_t FunctionLifecycle::unmet(const Function& function, SteadyTime now) const {
  if (function.queue.empty()) return 0;
  const std::size_t coming = function.starting() + function.about_to_ask(now, limits_.ask_grace);
  if (function.queue.size() <= coming || function.members.size() >= limits_.max_workers_per_function) return 0;
  return std::min(function.queue.size() - coming, limits_.max_workers_per_function - function.members.size());
}

bool FunctionLifecycle::pausing(const Function& function, SteadyTime now) {
  if (!function.not_before || *function.not_before <= now) return false;
  note(function.not_before);
  return true;
}

// The core-wide ceiling (docs/compatibility/lifecycle.md#sharing-the-workers): functions that cannot grow stand in
// line, and whoever has fewest workers is first. Idle workers of others make room, and those of functions that have
// more.

/// Whether there is room, and nobody in line has fewer workers.
bool FunctionLifecycle::has_slot(const Function& function) const {
  if (on_demand_workers_ >= limits_.max_workers) return false;
  return std::ranges::none_of(slot_line_, [&](const Function* other) { return other->alive() < function.alive(); });
}

void FunctionLifecycle::want_slot(Function& function, SteadyTime now) {
  if (!std::exchange(function.wants_slot, true)) slot_line_.push_back(&function);
  make_room(now);
}

/// Brings the line into its order: the fewest workers first, then the oldest work.
void FunctionLifecycle::order_line(SteadyTime now) {
  std::erase_if(slot_line_, [&](Function* function) {
    function->wants_slot = unmet(*function, now) > 0;
    return !function->wants_slot;
  });
  std::ranges::sort(slot_line_, {}, [](const Function* function) {
    return std::pair(function->alive(), function->queue.front().number);
  });
}

void FunctionLifecycle::make_room(SteadyTime now) {
  order_line(now);
  const std::size_t after = on_demand_workers_ - stopping_workers();
  std::size_t coming = limits_.max_workers > after ? limits_.max_workers - after : 0;
  for (Function* function : slot_line_) {
    if (coming > 0) {
      --coming;
    } else if (Worker* victim = longest_idle(function)) {
      retire(*victim, now);
    } else if (may_go_over(*function, now)) {
      spawn(*function, now);
    }
  }
}

void FunctionLifecycle::serve_slots(SteadyTime now) {
  order_line(now);
  while (!slot_line_.empty() && on_demand_workers_ < limits_.max_workers) {
    Function& function = *slot_line_.front();
    slot_line_.pop_front();
    function.wants_slot = false;
    reconcile(function, now);
    order_line(now);
  }
  if (!slot_line_.empty()) make_room(now);
}

/// On-demand workers that are told to go and have not gone.
std::size_t FunctionLifecycle::stopping_workers() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      workers_, [](const auto& entry) { return !entry.second->function->pinned() && !entry.second->is_alive(); }));
}

/// A function without any worker does not wait for the work of those that have several: it gets one beyond the ceiling.
/// Those that have several shrink, see gives_way().
bool FunctionLifecycle::may_go_over(const Function& function, SteadyTime now) {
  if (!function.members.empty() || pausing(function, now)) return false;
  std::set<const Function*> with_workers;
  for (const auto& [id, worker] : workers_) {
    if (!worker->function->pinned()) with_workers.insert(worker->function);
  }
  return with_workers.size() < limits_.max_workers;
}

/// Whether it has to give up a worker that has ended its work because there are too many, and it has several.
bool FunctionLifecycle::gives_way(const Function& function) const {
  if (on_demand_workers_ <= limits_.max_workers || function.pinned() || function.alive() < 2) return false;
  return on_demand_workers_ - stopping_workers() > limits_.max_workers;
}

/// The idle on-demand worker that `wanting` may take the place of; with nullptr, the one to stop when too many idle. A
/// function that has waiting work keeps its workers, unless the other has at least two less, or none at all and has
/// waited longer.
lifecycle::Worker* FunctionLifecycle::longest_idle(const Function* wanting) const {
  Worker* longest = nullptr;
  for (const auto& [id, worker] : workers_) {
    const Function& owner = *worker->function;
    if (worker->phase != Phase::ready || owner.pinned() || &owner == wanting) continue;
    const bool is_spare = owner.queue.empty() || (wanting && lifecycle::is_worse_off(*wanting, owner));
    if (!is_spare) continue;
    if (!longest || worker->since < longest->since) longest = worker.get();
  }
  return longest;
}

void FunctionLifecycle::trim_idle(SteadyTime now) {
  if (on_demand_workers_ <= limits_.idle_workers) return;
  auto idle = static_cast<std::size_t>(std::ranges::count_if(
      workers_, [](const auto& entry) { return !entry.second->function->pinned() && entry.second->is_free(); }));
  for (; idle > limits_.idle_workers; --idle) {
    Worker* worker = longest_idle(nullptr);
    if (!worker) return;
    retire(*worker, now);
  }
}

// One worker.

void FunctionLifecycle::spawn(Function& function, SteadyTime now) {
  auto worker = std::make_unique<Worker>();
  worker->id = sources_.next_worker_id();
  worker->function = &function;
  worker->spawned = now;
  function.members.push_back(worker.get());
  if (!function.pinned()) ++on_demand_workers_;
  enter(*worker, Phase::starting, now);
  actions_.push_back(lifecycle::Spawn{worker->id, function.config});
  const bool is_new = workers_.emplace(worker->id, std::move(worker)).second;
  FESCUE_ASSERT(is_new);
}

void FunctionLifecycle::enter(Worker& worker, Phase phase, SteadyTime now) {
  worker.phase = phase;
  worker.since = now;
  note(deadline_of(worker, limits_));
}

void FunctionLifecycle::become_ready(Worker& worker, SteadyTime now) {
  Function& function = *worker.function;
  worker.was_ready = true;
  enter(worker, Phase::ready, now);
  if (!function.pinned()) {
    function.failures = 0;
    function.not_before.reset();
  } else if (function.role != Role::leaving) {
    actions_.push_back(lifecycle::PinnedReady{function.arn(), function.standing()});
  }
}

/// It is ready and its request is open.
void FunctionLifecycle::became_free(Worker& worker, SteadyTime now) {
  worker.function->free.push_back(&worker);
  if (gives_way(*worker.function)) retire(worker, now);
  if (!slot_line_.empty()) make_room(now);
  reconcile(*worker.function, now);
  if (worker.is_free()) trim_idle(now);
}

void FunctionLifecycle::terminate(Worker& worker, SteadyTime now) {
  std::erase(worker.function->free, &worker);
  worker.asking = false;
  enter(worker, Phase::terminating, now);
  actions_.push_back(lifecycle::Terminate{worker.id});
}

void FunctionLifecycle::retire(Worker& worker, SteadyTime now) {
  FESCUE_ASSERT(!worker.work);
  worker.retired = true;
  terminate(worker, now);
}

void FunctionLifecycle::kill(Worker& worker, KillReason reason, std::string verdict, SteadyTime now) {
  std::erase(worker.function->free, &worker);
  worker.asking = false;
  if (worker.verdict.empty()) worker.verdict = std::move(verdict);
  enter(worker, Phase::killed, now);
  actions_.push_back(lifecycle::Kill{worker.id, reason});
}

void FunctionLifecycle::expire_start(Worker& worker, SteadyTime now) {
  Function& function = *worker.function;
  if (worker.is_busy) {
    return fail_unheard(function, fmt::format("{} works on its start and takes no work", function.arn().str()), now);
  }
  if (function.pinned() && worker.has_called) {
    worker.is_busy = true;
    enter(worker, Phase::starting, now);
    actions_.push_back(lifecycle::PinnedBusy{function.arn()});
    return;
  }
  const auto limit =
      std::chrono::duration_cast<std::chrono::milliseconds>(lifecycle::init_time_of(*function.config, limits_));
  kill(worker, KillReason::not_initialized, fmt::format("it did not initialize within {}", limit), now);
}

void FunctionLifecycle::expire(Worker& worker, SteadyTime now) {
  const Function& function = *worker.function;
  switch (worker.phase) {
    case Phase::starting:
      return expire_start(worker, now);
    case Phase::working: {
      const std::string text =
          fmt::format("{} timed out after {} seconds", function.arn().str(), function.config->timeout.count());
      fail(*worker.work, function.arn(), worker.id, FailureKind::timed_out, text);
      worker.work.reset();
      return kill(worker, KillReason::timed_out, "it was killed because an invocation timed out", now);
    }
    case Phase::terminating:
      return kill(worker, KillReason::ignored_terminate, {}, now);
    case Phase::ready:
      if (!function.queue.empty())
        return kill(worker, KillReason::silent, "it did not ask for the work that waits", now);
      return retire(worker, now);
    case Phase::killed:
      return;
  }
}

}  // namespace fescue
