// The hot path of FunctionService: submit, deliver, work out, result in.
#include "functions/function_service.h"

#include <algorithm>

#include <fmt/format.h>

#include "functions/function_service_state.h"
#include "functions/json_check.h"

namespace fescue {

LifecycleLimits limits_of(const CoreConfig& config) {
  LifecycleLimits limits;
  limits.max_work_items = config.max_work_items;
  limits.max_workers = config.max_workers;
  limits.max_workers_per_function = config.max_workers;
  limits.idle_workers = config.idle_workers;
  limits.init_time = config.post_start_check;
  return limits;
}

namespace {

/// On whom an item counts.
const FunctionArn& payer_of(const FunctionArn& caller, const KnownFunction& target) {
  return caller.empty() ? target.config.arn : caller;
}
const FunctionArn& payer_of(const Message& message, const KnownFunction& target) {
  const FunctionArn* source = message.source.as_function();
  return source ? *source : target.config.arn;
}

Error not_deployed(const std::string& arn) {
  return Error(Code::not_found, fmt::format("{} is not deployed to this core", arn));
}

}  // namespace

FunctionService::FunctionService(asio::io_context& io, FunctionServiceOptions options, LauncherProcess launcher,
                                 WorkerSockets& sockets, std::function<void(const Error&)> launcher_lost)
    : state_(std::make_shared<State>(io, std::move(options), std::move(launcher), sockets, std::move(launcher_lost))) {}

FunctionService::~FunctionService() { state_->timer.cancel(); }

// Invoker.

Result<void> FunctionService::submit(Invocation invocation, ResultHandler done) {
  const KnownFunction* function = state_->resolve(invocation.target);
  if (!function) return not_deployed(invocation.target.str());
  const FunctionArn payer = payer_of(invocation.caller, *function);
  return state_->submit(*function, payer, std::move(invocation), std::move(done));
}

const KnownFunction* FunctionService::State::find(const FunctionArn& arn) const {
  if (const auto found = running.find(arn); found != running.end()) return &found->second;
  if (const auto found = prepared.find(arn); found != prepared.end()) return &found->second;
  return nullptr;
}

/// V1 resolves the unqualified ARN of a connector to its one deployed version; other functions need their version
/// (docs/compatibility/local-api.md#invoking-functions).
const KnownFunction* FunctionService::State::resolve(const FunctionArn& target) const {
  if (const KnownFunction* exact = find(target)) return exact;
  if (target.is_qualified() || target.account() != "aws") return nullptr;
  const auto version =
      std::ranges::find_if(running, [&](const auto& known) { return known.first.unqualified() == target; });
  return version == running.end() ? nullptr : &version->second;
}

Result<void> FunctionService::State::admit(const KnownFunction& function, const FunctionArn& payer,
                                           std::size_t payload_bytes) const {
  FESCUE_CHECK(lifecycle.admits(function.config.arn, payer));
  if (!held_bytes.admits(payer, payload_bytes)) {
    return Error(Code::resource_exhausted, "the work queue holds too many bytes");
  }
  return ok();
}

Result<void> FunctionService::State::submit(const KnownFunction& function, const FunctionArn& payer,
                                            Invocation invocation, ResultHandler done) {
  const FunctionConfig& target = function.config;
  const std::string_view payload = invocation.payload.view();
  if (target.encoding == Encoding::json && !payload.empty() && !is_json(payload, json_dialect_of(target.runtime))) {
    ++counters.bad_payloads;
    return Error(Code::invalid_argument, fmt::format("the payload is not JSON, which {} takes", target.arn.str()));
  }
  if (const auto admitted = admit(function, payer, invocation.payload.size()); !admitted) {
    if (admitted.error().code() == Code::resource_exhausted) ++counters.refused;
    return admitted;
  }
  const std::size_t bytes = invocation.payload.size();
  const auto [entry, is_new] =
      accepted.try_emplace(invocation.id, AcceptedWork{.caller = std::move(invocation.caller),
                                                       .payer = payer,
                                                       .type = invocation.type,
                                                       .client_context = std::move(invocation.client_context),
                                                       .payload = std::move(invocation.payload),
                                                       .done = std::move(done),
                                                       .log_tail = invocation.log_tail});
  if (!is_new) return Error(Code::already_exists, fmt::format("invocation {} is under way", invocation.id.str()));
  held_bytes.take(payer, bytes);
  ++counters.invocations;
  const auto taken = lifecycle.submit(target.arn, std::move(invocation.id), invocation.type, steady_now(), payer);
  FESCUE_ASSERT(taken.has_value());  // as admitted above
  pump();
  return ok();
}

/// The one end of every accepted item.
void FunctionService::State::finish(const InvocationId& id, InvocationResult result) {
  const auto node = accepted.extract(id);
  FESCUE_ASSERT(!node.empty());
  AcceptedWork& work = node.mapped();
  held_bytes.give_back(work.payer, work.payload.size());
  if (work.output) result.log_tail = work.output->end_tail();
  if (work.done) work.done(std::move(result));
}

// MessageTarget.

bool FunctionService::has_room(const Endpoint& target, const Message& message) const {
  const FunctionArn* arn = target.as_function();
  const KnownFunction* function = arn ? state_->find(*arn) : nullptr;
  return function && state_->admit(*function, payer_of(message, *function), message.payload.size());
}

void FunctionService::deliver(const Endpoint& target, const Message& message) {
  const FunctionArn* arn = target.as_function();
  const KnownFunction* function = arn ? state_->find(*arn) : nullptr;
  if (!function) return state_->drop(target.str(), not_deployed(target.str()));
  Invocation invocation;
  invocation.id = state_->ids.next();
  invocation.client_context = subject_context(message.topic);
  invocation.payload = message.payload;
  const auto taken = state_->submit(*function, payer_of(message, *function), std::move(invocation), {});
  if (!taken) state_->drop(target.str(), taken.error());
}

void FunctionService::State::drop(const std::string& function, const Error& why) {
  ++counters.dropped_events;
  if (!complained.insert(function).second) return;
  log::warn("Dropping a message for a function; more like it are only counted.",
            {{"funcArn", function}, {"errorString", why.message()}});
}

// WorkerGateway.

std::optional<WorkerIdentity> FunctionService::authenticate(std::string_view token) const {
  return state_->processes->authenticate(token);
}

void FunctionService::next_work(const WorkerId& worker, WorkHandler handler) {
  const auto request = state_->requests.find(worker);
  if (request == state_->requests.end()) return;
  const WorkHandler replaced = std::exchange(request->second, std::move(handler));
  state_->lifecycle.worker_asked(worker, steady_now());
  state_->pump();
}

void FunctionService::forget_request(const WorkerId& worker) {
  const auto request = state_->requests.find(worker);
  if (request == state_->requests.end()) return;
  const WorkHandler forgotten = std::exchange(request->second, {});
  state_->lifecycle.worker_withdrew(worker, steady_now());
  state_->pump();
}

void FunctionService::return_work(const WorkerId& worker, const InvocationId& id) {
  state_->lifecycle.worker_returned(worker, id, steady_now());
  state_->pump();
}

Result<void> FunctionService::post_result(const WorkerId& worker, const InvocationId& id, InvocationResult result) {
  FESCUE_CHECK(state_->lifecycle.worker_finished(worker, id, steady_now()));
  state_->finish(id, std::move(result));
  state_->pump();
  return ok();
}

void FunctionService::post_initialized(const WorkerId& worker, std::optional<std::string> failure) {
  if (!failure) {
    state_->lifecycle.worker_initialized(worker, steady_now());
  } else {
    const std::string text = failure->substr(0, 1000);
    log::error(fmt::format("worker with {} failed to initialize with reason {}", worker.str(), text));
    state_->processes->note_init_failure(worker, text);
    state_->lifecycle.worker_failed_to_initialize(worker, text, steady_now());
  }
  state_->pump();
}

void FunctionService::note_call(const WorkerId& worker) { state_->lifecycle.worker_called(worker); }

std::vector<WorkerStatus> FunctionService::workers() const {
  std::vector<WorkerStatus> all;
  for (WorkerReport& worker : state_->lifecycle.workers()) {
    const pid_t pid = state_->processes->pid_of(worker.id);
    all.push_back({std::move(worker.id), std::move(worker.function), worker.state, pid});
  }
  for (const FunctionReport& function : state_->lifecycle.functions()) {
    if (function.pinned && function.workers == 0) all.push_back({{}, function.arn, WorkerState::not_started, 0});
  }
  return all;
}

bool FunctionService::is_deployed(const FunctionArn& function) const { return state_->running.contains(function); }

// GroupPart.

void FunctionService::prepare(StagedGroup staged, Done done) {
  state_->begin(std::move(staged), OnFailure::refuse, std::move(done));
}

void FunctionService::restore(StagedGroup staged, Done done) {
  state_->begin(std::move(staged), OnFailure::keep, std::move(done));
}

void FunctionService::commit() { state_->commit(); }

void FunctionService::roll_back() { state_->roll_back(); }

void FunctionService::deactivate(std::function<void()> done) { state_->deactivate(std::move(done)); }

std::vector<std::string> FunctionService::remarks() const { return state_->remarks(); }

// Reports.

void FunctionService::log_line(const FunctionArn& function, log::Level level, std::string_view text) {
  LineSplitter lines;
  const auto take = [&](std::string_view line) { state_->logs.of(function)->write(level, std::string(line) + '\n'); };
  lines.add(text, take);
  lines.finish(take);
}

std::vector<FunctionReport> FunctionService::functions() const { return state_->lifecycle.functions(); }

std::vector<FunctionArn> FunctionService::deployed() const {
  std::vector<FunctionArn> out;
  for (const FunctionReport& function : functions()) {
    if (function.standing == lifecycle::Standing::serving) out.push_back(function.arn);
  }
  return out;
}

FunctionCounters FunctionService::counters() const {
  FunctionCounters counters = state_->counters;
  counters.workers_started = state_->processes->started();
  counters.workers_died = state_->processes->died();
  counters.workers_rehearsed = state_->processes->rehearsed();
  counters.work_items = state_->lifecycle.work_items();
  counters.work_bytes = state_->held_bytes.total();
  return counters;
}

std::vector<ExitRecord> FunctionService::exits(const FunctionArn& function) const {
  std::vector<ExitRecord> out;
  for (const ExitRecord& record : state_->exits) {
    if (record.function == function) out.push_back(record);
  }
  return out;
}

std::optional<Result<LaunchPlan>> FunctionService::plan_of(const FunctionArn& function) const {
  const KnownFunction* known = state_->find(function);
  if (!known) return std::nullopt;
  return known->plan ? Result<LaunchPlan>(**known->plan) : Result<LaunchPlan>(known->plan.error());
}

}  // namespace fescue
