// FunctionService: what the lifecycle decides is carried out.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/random.h"
#include "functions/function_service_state.h"

namespace fescue {

using lifecycle::FailureKind;

namespace {

/// A killed worker is gone in milliseconds; one that the kernel holds must not hold its caller.
constexpr std::chrono::seconds kExitTimeout{3};

WorkerId new_worker_id() { return WorkerId(random_uuid()); }

double random_fraction() { return static_cast<double>(random_u64() >> 11) * 0x1.0p-53; }

WorkerProcessesOptions process_options(const FunctionServiceOptions& options) {
  return {options.config, options.ipc_port, options.runtime_directory, options.proxy};
}

/// What a worker lacked whose invocation ran out of time, if it was more than that.
std::string besides_time(const ExitRecord& record) {
  const bool lacked_memory = record.cause == EndCause::memory_pressure || record.cause == EndCause::out_of_memory;
  return lacked_memory ? fmt::format(" ({}); {}", describe(record.exit), record.suggestion) : "";
}

}  // namespace

FunctionService::State::State(asio::io_context& loop, FunctionServiceOptions given, LauncherProcess launcher,
                              WorkerSockets& sockets, std::function<void(const Error&)> on_launcher_lost)
    : io(loop),
      options(std::move(given)),
      lifecycle(options.limits, {new_worker_id, random_fraction}),
      logs(options.user_log_directory, options.log_sink),
      rules(launch_rules(options.config, options.policy, only_user_of(launcher.pid))),
      launcher_lost(std::move(on_launcher_lost)),
      held_bytes(
          {.open = options.max_held_bytes, .reserve = options.max_held_bytes / 2, .share = options.max_held_bytes / 8}),
      lookup(loop, this_host(),
             [this](const HostResource& resource, LauncherClient::LookHandler handler) {
               return processes->look(resource, std::move(handler));
             }),
      rehearsals(
          loop, {.start = [this](const PlanPointer& plan,
                                 Rehearsals::Handler handler) { return processes->rehearse(plan, std::move(handler)); },
                 .kill = [this](LaunchId launch) { processes->kill_rehearsal(launch); }}),
      timer(loop) {
  rules.facilities = launcher.facilities;
  rules.code_directory = options.code_directory;
  processes =
      std::make_unique<WorkerProcesses>(io, process_options(options), std::move(launcher), sockets, logs,
                                        WorkerProcesses::Events{
                                            .gone = [this](ExitRecord record) { worker_gone(std::move(record)); },
                                            .lost = [this](const Error& error) { lose_launcher(error); },
                                        });
}

void FunctionService::State::pump() {
  if (std::exchange(pumping, true)) return;
  do {
    while (const auto action = lifecycle.next_action()) {
      std::visit([this](const auto& known) { act(known); }, *action);
    }
  } while (advance_activation() || advance_deactivation() || lifecycle.has_actions());
  pumping = false;
  set_timer();
}

/// Set again only for earlier times; what it fires for too early finds nothing to do. So a stream of invocations costs
/// no system call for their deadlines.
void FunctionService::State::set_timer() {
  const auto next = lifecycle.next_deadline();
  if (!next || (timer_at && *timer_at <= *next)) return;
  timer_at = next;
  timer.expires_at(*next);
  timer.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->timer_at.reset();
    self->lifecycle.tick(steady_now());
    self->pump();
  });
}

void FunctionService::State::act(const lifecycle::Spawn& spawn) {
  const FunctionArn& arn = spawn.function->arn;
  const auto fits = [&](KnownFunctions& set) {
    const auto found = set.find(arn);
    return found != set.end() && found->second.config == *spawn.function ? &found->second : nullptr;
  };
  KnownFunction* function = fits(running);
  if (!function) function = fits(prepared);
  if (!function) return not_started(spawn, "its function has left the group");
  requests.try_emplace(spawn.worker);
  // What was missing when the group was taken (a device that is plugged in later) may be there now.
  if (!function->plan && !function->code.empty()) function->plan = plan(function->config, function->code);
  const Result<void> started =
      function->plan ? processes->start(spawn.worker, *function->plan) : Result<void>(function->plan.error());
  if (!started) not_started(spawn, started.error().message());
}

void FunctionService::State::not_started(const lifecycle::Spawn& spawn, const std::string& why) {
  const FunctionArn& arn = spawn.function->arn;
  log::error("Cannot create worker.", {{"functionArn", arn.str()}, {"errorString", why}});
  ExitRecord record;
  record.worker = spawn.worker;
  record.function = arn;
  record.time = wall_now();
  record.cause = EndCause::not_started;
  record.text = "it could not be started: " + why;
  worker_gone(std::move(record));
}

void FunctionService::State::act(const lifecycle::Give& give) {
  AcceptedWork& work = accepted.at(give.work);
  const WorkHandler handler = std::exchange(requests.at(give.worker), {});
  FESCUE_ASSERT(handler);
  processes->note_invocation(give.worker, give.work);
  if (work.log_tail) {
    if (work.output) work.output->end_tail();  // of a worker that did not read the item
    work.output = processes->output_of(give.worker);
    if (work.output) work.output->start_tail();
  }
  handler({give.work, work.client_context, work.payload});  // copied: it may have to be given again
}

void FunctionService::State::act(const lifecycle::Fail& fail) {
  const AcceptedWork& work = accepted.at(fail.work);
  const bool is_event = work.type == InvocationType::event;
  ++(is_event ? counters.dropped_events : counters.failed_calls);
  std::string_view text = "Dropping work item.";
  if (fail.kind == FailureKind::timed_out) {
    ++counters.timeouts;
    text = "Timing out work item";
  } else if (fail.kind == FailureKind::too_many_attempts) {
    text = "WorkItem reached max retry limit.";
  }
  log::warn(text, {{"invocationId", fail.work.str()},
                   {"invoker", work.caller.str()},
                   {"funcArn", fail.function.str()},
                   {"workerId", fail.worker.str()},
                   {"errorString", fail.message}});
  if (fail.kind == FailureKind::timed_out) return answer_with_exit(fail);
  finish(fail.work, failed_result(FunctionError::unhandled, fail.message));
}

void FunctionService::State::answer_with_exit(const lifecycle::Fail& fail) {
  auto timeout = std::make_unique<asio::steady_timer>(io, kExitTimeout);
  timeout->async_wait([weak = weak_from_this(), worker = fail.worker](error_code error) {
    const auto self = weak.lock();
    if (!error && self) self->answer_timed_out(worker, "");
  });
  const bool is_first =
      timed_out.try_emplace(fail.worker, TimedOut{fail.work, fail.message, std::move(timeout)}).second;
  FESCUE_ASSERT(is_first);  // it is killed for it
}

void FunctionService::State::answer_timed_out(const WorkerId& worker, const std::string& what_else) {
  const auto late = timed_out.extract(worker);
  if (!late.empty())
    finish(late.mapped().work, failed_result(FunctionError::unhandled, late.mapped().message + what_else));
}

void FunctionService::State::act(const lifecycle::Terminate& terminate) { processes->terminate(terminate.worker); }

void FunctionService::State::act(const lifecycle::Kill& kill) {
  log::warn("Killing worker.", {{"workerId", kill.worker.str()}, {"reason", why_killed(kill.reason)}});
  processes->kill(kill.worker, kill.reason);
}

void FunctionService::State::act(const lifecycle::PinnedReady& ready) {
  log::info("Long-lived function is ready.", {{"funcArn", ready.function.str()}});
}

void FunctionService::State::act(const lifecycle::PinnedBusy& busy) {
  log::warn("Long-lived function works while it starts and may never take work; it counts as started.",
            {{"funcArn", busy.function.str()}});
}

void FunctionService::State::act(const lifecycle::PinnedDown& down) {
  const bool given_up = down.failures == options.limits.reported_failures;
  log::error(given_up ? "Long-lived function keeps failing; it is tried again now and then."
                      : "Long-lived function is down; it will be restarted.",
             {{"funcArn", down.function.str()}, {"failures", down.failures}, {"reason", down.reason}});
  if (!activation || activation->awaited != down.standing || activation->failure) return;
  if (down.failures < kTrialsOfActivation) return;
  activation->failure =
      Error(Code::unavailable, fmt::format("{} failed to initialize: {} (its log: {})", down.function.str(),
                                           with_suggestion(down), logs.of(down.function)->path()));
}

/// A start that spins at its memory limit looks like one that takes too long; the record knows better.
std::string FunctionService::State::with_suggestion(const lifecycle::PinnedDown& down) const {
  const auto last = std::ranges::find(exits.rbegin(), exits.rend(), down.function, &ExitRecord::function);
  const bool is_new =
      last != exits.rend() && !last->suggestion.empty() && down.reason.find(last->suggestion) == std::string::npos;
  return is_new ? fmt::format("{}: {}", down.reason, sentence(*last)) : down.reason;
}

void FunctionService::State::worker_gone(ExitRecord record) {
  requests.erase(record.worker);
  if (record.cause == EndCause::not_started) open_again(record.function);
  lifecycle.worker_exited(record.worker, sentence(record), steady_now());
  answer_timed_out(record.worker, besides_time(record));
  if (!was_planned(record)) {
    if (exits.size() == kKeptExits) exits.pop_front();
    exits.push_back(std::move(record));
  }
  pump();
}

void FunctionService::State::lose_launcher(const Error& error) {
  lifecycle.stop(steady_now(), "the process that starts and ends workers is lost: " + error.message());
  for (const WorkerReport& worker : lifecycle.workers()) {
    lifecycle.worker_exited(worker.id, "the launcher is gone", steady_now());
  }
  while (!timed_out.empty()) answer_timed_out(WorkerId(timed_out.begin()->first), "");
  pump();
  launcher_lost(error);
}

}  // namespace fescue
