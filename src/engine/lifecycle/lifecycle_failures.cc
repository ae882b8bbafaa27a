// FunctionLifecycle: what becomes of a function and of its work when workers fail; and the reports.
#include <algorithm>

#include <fmt/format.h>

#include "engine/lifecycle/function_lifecycle.h"
#include "engine/lifecycle/lifecycle_model.h"

namespace fescue {

using lifecycle::FailureKind;
using lifecycle::Phase;
using lifecycle::Role;

namespace {

/// Whether a start failed because a port, device or file is taken, as the languages' own texts have it. Only then is it
/// worth stopping a predecessor that works.
bool is_about_something_taken(std::string_view reason) {
  static constexpr std::string_view kSigns[] = {"in use", "EADDRINUSE", "EBUSY", "busy", "Errno 98", "Errno 16"};
  return std::ranges::any_of(kSigns,
                             [&](std::string_view sign) { return reason.find(sign) != std::string_view::npos; });
}

}  // namespace

void FunctionLifecycle::record_failure(Function& function, const Worker& worker, std::string reason, SteadyTime now) {
  function.last_failure = std::move(reason);
  if (!function.pinned() && worker.was_ready) return;
  ++function.restarts;
  if (function.pinned() && now - worker.spawned >= limits_.long_life && worker.was_ready) function.failures = 0;
  ++function.failures;
  // Callers wait for the next trial of an on-demand function, so its pauses stay short.
  const unsigned counted =
      function.pinned() ? function.failures : std::min(function.failures, limits_.max_init_failures);
  function.not_before = now + lifecycle::restart_pause(counted, sources_.jitter(), limits_);
  const std::string text =
      fmt::format("{} {}: {}", function.arn().str(), worker.was_ready ? "keeps ending" : "failed to initialize",
                  function.last_failure);
  if (!function.pinned()) {
    const bool hopeless = function.failures >= limits_.max_init_failures && !function.has_ready_worker();
    if (hopeless) fail_waiting(function, FailureKind::init_failed, text);
    return;
  }
  actions_.push_back(
      lifecycle::PinnedDown{function.arn(), function.standing(), function.failures, function.last_failure});
  if (function.failures >= limits_.reported_failures) fail_waiting_callers(function, text);
  if (function.predecessor && !function.predecessor->suspended && is_about_something_taken(function.last_failure)) {
    function.predecessor->suspended = true;
    reconcile(*function.predecessor, now);
  }
}

/// The worker is gone and held an item.
void FunctionLifecycle::lose(Worker& worker, std::string_view cause, SteadyTime now) {
  Work work = std::move(*worker.work);
  worker.work.reset();
  const Function& function = *worker.function;
  if (work.type == InvocationType::request_response) {
    return fail(work, function.arn(), worker.id, FailureKind::worker_died,
                fmt::format("the worker of {} ended before it answered: {}", function.arn().str(), cause));
  }
  if (work.attempts >= limits_.max_attempts) {
    return fail(work, function.arn(), worker.id, FailureKind::too_many_attempts,
                fmt::format("{} workers of {} ended on this event, the last with: {}", work.attempts,
                            function.arn().str(), cause));
  }
  requeue(std::move(work), *worker.function, now);
}

void FunctionLifecycle::worker_returned(const WorkerId& id, const InvocationId& item, SteadyTime now) {
  Worker* worker = find_worker(id);
  if (!worker || !worker->work || worker->work->id != item) return;
  Work work = std::move(*worker->work);
  worker->work.reset();
  --work.attempts;
  enter(*worker, Phase::ready, now);
  requeue(std::move(work), *worker->function, now);
  reconcile(*worker->function, now);
}

/// Work that was given comes back into the line of its function or, if that has gone, of its successor.
void FunctionLifecycle::requeue(Work work, Function& from, SteadyTime now) {
  Function* successor = from.role == Role::leaving ? successor_of(from.arn()) : &from;
  if (!successor) {
    return fail(work, from.arn(), {}, FailureKind::removed,
                fmt::format("{} was removed by a deployment", from.arn().str()));
  }
  successor->put_back(std::move(work));
  if (successor != &from) reconcile(*successor, now);
}

void FunctionLifecycle::fail(const Work& work, const FunctionArn& function, const WorkerId& worker, FailureKind kind,
                             std::string message) {
  work_items_.give_back(work.payer);
  actions_.push_back(lifecycle::Fail{
      .work = work.id, .function = function, .worker = worker, .kind = kind, .message = std::move(message)});
}

void FunctionLifecycle::fail_waiting(Function& function, FailureKind kind, const std::string& message) {
  for (const Work& work : function.queue) fail(work, function.arn(), {}, kind, message);
  function.queue.clear();
}

/// Those that came too long ago, oldest first.
void FunctionLifecycle::fail_unheard(Function& function, const std::string& message, SteadyTime now) {
  while (!function.queue.empty() && function.queue.front().accepted + limits_.silence <= now) {
    fail(function.queue.front(), function.arn(), {}, FailureKind::init_failed, message);
    function.queue.pop_front();
  }
}

/// Those who wait for an answer are not left waiting; events stay for better times.
void FunctionLifecycle::fail_waiting_callers(Function& function, const std::string& message) {
  std::erase_if(function.queue, [&](const Work& work) {
    if (work.type != InvocationType::request_response) return false;
    fail(work, function.arn(), {}, FailureKind::init_failed, message);
    return true;
  });
}

// Reports.

namespace {

FunctionState state_of(const lifecycle::Function& function, const LifecycleLimits& limits) {
  if (function.has_ready_worker()) return FunctionState::running;
  const unsigned hopeless = function.pinned() ? limits.reported_failures : limits.max_init_failures;
  if (function.failures >= hopeless) return FunctionState::failed;
  if (function.starting() > 0) return FunctionState::starting;
  if (function.failures > 0 || function.pinned()) return FunctionState::waiting_to_restart;
  return FunctionState::idle;
}

WorkerState state_of(const lifecycle::Worker& worker) {
  switch (worker.phase) {
    case Phase::starting:
      return WorkerState::starting;
    case Phase::ready:
      return worker.asking ? WorkerState::waiting : WorkerState::initialized;
    case Phase::working:
      return WorkerState::working;
    case Phase::terminating:
    case Phase::killed:
      break;
  }
  return worker.was_ready || worker.retired ? WorkerState::terminated : WorkerState::failed_initialization;
}

}  // namespace

std::size_t FunctionLifecycle::work_items() const { return work_items_.total(); }

std::size_t FunctionLifecycle::worker_count() const { return workers_.size(); }

std::vector<FunctionReport> FunctionLifecycle::functions() const {
  std::vector<FunctionReport> reports;
  for (const FunctionMap* functions : {&serving_, &prepared_}) {
    for (const auto& [arn, function] : *functions) {
      reports.push_back({.arn = arn,
                         .standing = function->standing(),
                         .pinned = function->pinned(),
                         .state = state_of(*function, limits_),
                         .waiting = function->queue.size(),
                         .workers = function->members.size(),
                         .restarts = function->restarts,
                         .failures = function->failures,
                         .last_failure = function->last_failure});
    }
  }
  std::ranges::sort(reports, {}, &FunctionReport::arn);
  return reports;
}

std::vector<WorkerReport> FunctionLifecycle::workers() const {
  std::vector<WorkerReport> reports;
  for (const auto& [id, worker] : workers_) reports.push_back({id, worker->function->arn(), state_of(*worker)});
  return reports;
}

}  // namespace fescue
