// The public half of FunctionLifecycle: groups that come and go, work that is admitted, and which actions follow.
#include "engine/lifecycle/function_lifecycle.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "engine/lifecycle/lifecycle_model.h"

namespace fescue {

using lifecycle::FailureKind;
using lifecycle::Phase;
using lifecycle::Role;
using lifecycle::Standing;

namespace {

FairBound<FunctionArn>::Limits bound_of(std::size_t items) {
  constexpr std::size_t kShares = 16;
  return {.open = items, .reserve = items, .share = std::max<std::size_t>(items / kShares, 1)};
}

}  // namespace

FunctionLifecycle::FunctionLifecycle(LifecycleLimits limits, LifecycleSources sources)
    : limits_(limits), sources_(std::move(sources)), work_items_(bound_of(limits.max_work_items)) {}

FunctionLifecycle::~FunctionLifecycle() = default;

// The sets.

void FunctionLifecycle::prepare(const std::vector<FunctionConfig>& functions, SteadyTime now) {
  FESCUE_ASSERT(!preparing_);
  preparing_ = true;
  for (const FunctionConfig& config : functions) {
    target_.push_back(config.arn);
    const auto running = serving_.find(config.arn);
    if (running == serving_.end() || *running->second->config != config) {
      prepared_.insert_or_assign(config.arn, make_function(config, Role::prepared));
    }
  }
  for (auto& [arn, function] : prepared_) function->predecessor = predecessor_of(*function->config);
  for (auto& [arn, function] : prepared_) reconcile(*function, now);
}

void FunctionLifecycle::commit(SteadyTime now) {
  FESCUE_ASSERT(preparing_);
  std::vector<std::unique_ptr<Function>> replaced;
  for (auto& [arn, function] : serving_) {
    if (prepared_.contains(arn) || std::ranges::find(target_, arn) == target_.end()) {
      replaced.push_back(std::move(function));
    }
  }
  for (const auto& function : replaced) serving_.erase(function->arn());
  for (auto& [arn, function] : prepared_) {
    function->role = Role::serving;
    function->predecessor = nullptr;
    serving_.emplace(arn, std::move(function));
  }
  finish_preparing();
  for (auto& function : replaced) leave(std::move(function), now);
  forget_empty_leaving();
}

void FunctionLifecycle::roll_back(SteadyTime now) {
  FESCUE_ASSERT(preparing_);
  FunctionMap given_up = std::exchange(prepared_, {});
  finish_preparing();
  for (auto& [arn, function] : given_up) leave(std::move(function), now);
  for (auto& [arn, function] : serving_) {
    if (std::exchange(function->suspended, false)) reconcile(*function, now);
  }
  forget_empty_leaving();
}

void FunctionLifecycle::stop(SteadyTime now, const std::string& why) {
  for (FunctionMap* functions : {&serving_, &prepared_}) {
    for (auto& [arn, function] : *functions) fail_waiting(*function, FailureKind::stopped, why);
  }
  for (auto& [id, worker] : workers_) {
    if (!worker->work) continue;
    fail(*std::exchange(worker->work, std::nullopt), worker->function->arn(), id, FailureKind::stopped, why);
    enter(*worker, Phase::ready, now);
  }
  FunctionMap all = std::exchange(serving_, {});
  for (auto& [arn, function] : prepared_) leave(std::move(function), now);
  for (auto& [arn, function] : all) leave(std::move(function), now);
  for (auto& function : leaving_) reconcile(*function, now);
  finish_preparing();
  forget_empty_leaving();
}

void FunctionLifecycle::finish_preparing() {
  prepared_.clear();
  target_.clear();
  preparing_ = false;
}

bool FunctionLifecycle::all_pinned_ready(Standing standing) const {
  return std::ranges::all_of(standing == Standing::serving ? serving_ : prepared_, [](const auto& entry) {
    return !entry.second->pinned() || entry.second->has_ready_worker();
  });
}

std::unique_ptr<lifecycle::Function> FunctionLifecycle::make_function(const FunctionConfig& config, Role role) const {
  auto function = std::make_unique<Function>();
  function->config = std::make_shared<const FunctionConfig>(config);
  function->role = role;
  return function;
}

lifecycle::Function* FunctionLifecycle::predecessor_of(const FunctionConfig& config) const {
  if (!config.pinned) return nullptr;
  if (const auto same = serving_.find(config.arn); same != serving_.end()) {
    return same->second->pinned() ? same->second.get() : nullptr;
  }
  const FunctionArn name = config.arn.unqualified();
  for (const auto& [arn, function] : serving_) {
    const bool goes = std::ranges::find(target_, arn) == target_.end();
    if (goes && function->pinned() && arn.unqualified() == name) return function.get();
  }
  return nullptr;
}

lifecycle::Function* FunctionLifecycle::successor_of(const FunctionArn& gone) const {
  if (const auto same = serving_.find(gone); same != serving_.end()) return same->second.get();
  const FunctionArn name = gone.unqualified();
  for (const auto& [arn, function] : serving_) {
    if (arn.unqualified() == name) return function.get();
  }
  return nullptr;
}

/// Takes the function out of service: hands its waiting work on, retires what idles, and keeps the rest until it ends.
void FunctionLifecycle::leave(std::unique_ptr<Function> function, SteadyTime now) {
  Function& gone = *leaving_.emplace_back(std::move(function));
  gone.role = Role::leaving;
  std::erase(slot_line_, &gone);
  if (Function* successor = successor_of(gone.arn())) {
    for (Work& work : gone.queue) successor->put_back(std::move(work));
    gone.queue.clear();
    reconcile(*successor, now);
  } else {
    fail_waiting(gone, FailureKind::removed, fmt::format("{} was removed by a deployment", gone.arn().str()));
  }
  reconcile(gone, now);
}

void FunctionLifecycle::forget_empty_leaving() {
  std::erase_if(leaving_, [](const auto& function) { return function->members.empty(); });
}

lifecycle::Function* FunctionLifecycle::find_function(const FunctionArn& arn) const {
  if (const auto found = serving_.find(arn); found != serving_.end()) return found->second.get();
  if (const auto found = prepared_.find(arn); found != prepared_.end()) return found->second.get();
  return nullptr;
}

lifecycle::Worker* FunctionLifecycle::find_worker(const WorkerId& id) const {
  const auto found = workers_.find(id);
  return found == workers_.end() ? nullptr : found->second.get();
}

// Work.

Result<void> FunctionLifecycle::admits(const FunctionArn& function, const FunctionArn& caller) const {
  if (!find_function(function)) {
    return Error(Code::not_found, fmt::format("{} is not deployed to this core", function.str()));
  }
  if (!work_items_.admits(caller.empty() ? function : caller)) {
    return Error(Code::resource_exhausted, fmt::format("the work queue is full ({} items)", work_items_.total()));
  }
  return ok();
}

Result<void> FunctionLifecycle::submit(const FunctionArn& function, InvocationId work, InvocationType type,
                                       SteadyTime now, const FunctionArn& caller) {
  FESCUE_CHECK(admits(function, caller));
  Function& target = *find_function(function);
  const FunctionArn& payer = caller.empty() ? function : caller;
  target.queue.push_back(
      {.id = std::move(work), .type = type, .number = next_number_++, .accepted = now, .payer = payer});
  work_items_.take(payer);
  reconcile(target, now);
  return ok();
}

// Workers.

void FunctionLifecycle::worker_initialized(const WorkerId& id, SteadyTime now) {
  Worker* worker = find_worker(id);
  if (!worker || worker->phase != Phase::starting) return;
  become_ready(*worker, now);
  reconcile(*worker->function, now);
}

void FunctionLifecycle::worker_failed_to_initialize(const WorkerId& id, std::string reason, SteadyTime now) {
  Worker* worker = find_worker(id);
  if (!worker || worker->phase != Phase::starting) return;
  terminate(*worker, now);
  worker->verdict = std::move(reason);
}

void FunctionLifecycle::worker_called(const WorkerId& id) {
  if (Worker* worker = find_worker(id)) worker->has_called = true;
}

void FunctionLifecycle::worker_asked(const WorkerId& id, SteadyTime now) {
  Worker* worker = find_worker(id);
  if (!worker) return;
  if (worker->phase == Phase::starting) become_ready(*worker, now);
  if (worker->asking || worker->phase == Phase::terminating || worker->phase == Phase::killed) return;
  worker->asking = true;
  if (worker->phase == Phase::ready) became_free(*worker, now);
}

void FunctionLifecycle::worker_withdrew(const WorkerId& id, SteadyTime now) {
  Worker* worker = find_worker(id);
  if (!worker || !worker->asking) return;
  worker->asking = false;
  if (worker->phase != Phase::ready) return;
  std::erase(worker->function->free, worker);
  enter(*worker, Phase::ready, now);
}

Result<void> FunctionLifecycle::worker_finished(const WorkerId& id, const InvocationId& work, SteadyTime now) {
  Worker* worker = find_worker(id);
  if (!worker || !worker->work || worker->work->id != work) {
    return Error(Code::not_found, fmt::format("this worker does not hold invocation {}", work.str()));
  }
  work_items_.give_back(worker->work->payer);
  worker->work.reset();
  enter(*worker, Phase::ready, now);
  if (worker->asking) {
    became_free(*worker, now);
  } else {
    reconcile(*worker->function, now);
  }
  return ok();
}

void FunctionLifecycle::worker_exited(const WorkerId& id, std::string cause, SteadyTime now) {
  const auto node = workers_.extract(id);
  if (node.empty()) return;
  Worker& worker = *node.mapped();
  Function& function = *worker.function;
  std::erase(function.members, &worker);
  std::erase(function.free, &worker);
  if (!function.pinned()) --on_demand_workers_;
  if (worker.work) lose(worker, cause, now);
  if (!worker.retired && function.role != Role::leaving) {
    record_failure(function, worker, worker.verdict.empty() ? std::move(cause) : std::move(worker.verdict), now);
  }
  serve_slots(now);  // those in line come before the function whose worker made the room
  reconcile(function, now);
  for (auto& [arn, prepared] : prepared_) {
    if (prepared->predecessor == &function) reconcile(*prepared, now);
  }
  forget_empty_leaving();
}

// Time.

std::optional<SteadyTime> FunctionLifecycle::next_deadline() const { return earliest_; }

void FunctionLifecycle::tick(SteadyTime now) {
  if (!earliest_ || now < *earliest_) return;
  earliest_.reset();
  for (auto& [id, worker] : workers_) {
    const auto deadline = deadline_of(*worker, limits_);
    if (deadline && *deadline <= now) expire(*worker, now);
  }
  for (FunctionMap* functions : {&serving_, &prepared_}) {
    for (auto& [arn, function] : *functions) reconcile(*function, now);
  }
  for (auto& [id, worker] : workers_) note(deadline_of(*worker, limits_));
}

void FunctionLifecycle::note(std::optional<SteadyTime> deadline) {
  if (deadline && (!earliest_ || *deadline < *earliest_)) earliest_ = deadline;
}

std::optional<lifecycle::Action> FunctionLifecycle::next_action() {
  if (actions_.empty()) return std::nullopt;
  std::optional<lifecycle::Action> action(std::move(actions_.front()));
  actions_.pop_front();
  return action;
}

}  // namespace fescue
