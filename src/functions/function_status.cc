// The functions in status and metrics: JSON, Prometheus samples, and how the service fills them.
#include "functions/function_status.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "functions/function_service_state.h"

namespace fescue {

namespace json = boost::json;

namespace {

json::array workers_json(const std::vector<WorkerView>& workers, const FunctionArn& function) {
  json::array out;
  for (const WorkerView& worker : workers) {
    if (worker.status.function != function || worker.status.pid == 0) continue;
    out.push_back(json::object{{"id", worker.status.id.str()},
                               {"pid", worker.status.pid},
                               {"state", name_of(worker.status.state)},
                               {"memory", memory_json(worker.memory)}});
  }
  return out;
}

void add_invocations(MetricsText& out, const FunctionCounters& counters) {
  out.counter("fescue_invocations_total", "Invocations that were accepted.", counters.invocations);
  out.counter("fescue_invocations_refused_total", "Invocations refused because a queue was full.", counters.refused);
  out.counter("fescue_invocations_bad_payload_total", "Payloads that were not JSON.", counters.bad_payloads);
  out.counter("fescue_invocations_timed_out_total", "Invocations that ran out of time.", counters.timeouts);
  out.counter("fescue_invocations_failed_total", "Waiting callers told that nobody finished.", counters.failed_calls);
  out.counter("fescue_events_dropped_total", "Accepted events that no worker finished.", counters.dropped_events);
  out.counter("fescue_workers_started_total", "Worker processes started.", counters.workers_started);
  out.counter("fescue_workers_died_total", "Worker processes that ended on their own.", counters.workers_died);
  out.counter("fescue_workers_rehearsed_total", "Starts that deployments tried out.", counters.workers_rehearsed);
  out.gauge("fescue_work_items", "Items that are accepted and not finished.", counters.work_items);
  out.gauge("fescue_work_bytes", "Payloads of these items.", counters.work_bytes);
}

void add_functions(MetricsText& out, const std::vector<FunctionReport>& functions) {
  for (const FunctionReport& each : functions) {
    out.gauge("fescue_function_waiting", "Items that wait for a worker.", each.waiting, {{"function", each.arn.str()}});
  }
  for (const FunctionReport& each : functions) {
    out.gauge("fescue_function_workers", "Worker processes.", each.workers, {{"function", each.arn.str()}});
  }
  for (const FunctionReport& each : functions) {
    out.counter("fescue_function_restarts_total", "Restarts of long-lived functions.", each.restarts,
                {{"function", each.arn.str()}});
  }
  for (const FunctionReport& each : functions) {
    out.gauge("fescue_function_failed", "1 while the function counts as failed.",
              each.state == FunctionState::failed ? 1 : 0, {{"function", each.arn.str()}});
  }
}

std::vector<FunctionReport> sorted(std::vector<FunctionReport> functions) {
  std::ranges::sort(functions, {}, &FunctionReport::arn);
  return functions;
}

}  // namespace

json::object memory_json(const ProcessMemory& memory) {
  const auto number = [](const std::optional<std::uint64_t>& kb) { return kb ? json::value(*kb) : json::value(); };
  return {{"rss_kb", number(memory.rss_kb)}, {"pss_kb", number(memory.pss_kb)}};
}

json::array functions_json(const std::vector<FunctionReport>& functions, const std::vector<WorkerView>& workers) {
  json::array out;
  for (const FunctionReport& function : functions) {
    out.push_back(json::object{{"arn", function.arn.str()},
                               {"name", function.arn.name()},
                               {"version", function.arn.qualifier()},
                               {"pinned", function.pinned},
                               {"deployed", function.standing == lifecycle::Standing::serving},
                               {"state", name_of(function.state)},
                               {"waiting", function.waiting},
                               {"restarts", function.restarts},
                               {"failures", function.failures},
                               {"last_failure", function.last_failure},
                               {"workers", workers_json(workers, function.arn)}});
  }
  return out;
}

json::object invocations_json(const FunctionCounters& counters) {
  return {{"accepted", counters.invocations},
          {"refused", counters.refused},
          {"bad_payloads", counters.bad_payloads},
          {"timeouts", counters.timeouts},
          {"dropped_events", counters.dropped_events},
          {"failed_calls", counters.failed_calls},
          {"workers_started", counters.workers_started},
          {"workers_died", counters.workers_died}};
}

std::string_view name_of(FunctionState state) {
  switch (state) {
    case FunctionState::idle:
      return "idle";
    case FunctionState::starting:
      return "starting";
    case FunctionState::running:
      return "running";
    case FunctionState::waiting_to_restart:
      return "waiting_to_restart";
    case FunctionState::failed:
      return "failed";
  }
  return "idle";
}

void add_function_metrics(MetricsText& out, const FunctionCounters& counters,
                          const std::vector<FunctionReport>& functions) {
  add_invocations(out, counters);
  add_functions(out, functions);
}

void FunctionService::add_status(json::object& status) const {
  std::vector<WorkerView> living;
  for (WorkerStatus& worker : workers()) {
    const ProcessMemory memory = worker.pid == 0 ? ProcessMemory() : memory_of(worker.pid);
    living.push_back({std::move(worker), memory});
  }
  status["functions"] = functions_json(sorted(functions()), living);
  status["invocations"] = invocations_json(counters());
}

void FunctionService::add_metrics(MetricsText& out) const {
  add_function_metrics(out, counters(), sorted(functions()));
}

std::vector<std::string> FunctionService::warnings() const {
  std::vector<std::string> out = state_->warnings();
  for (const FunctionReport& function : functions()) {
    if (function.state != FunctionState::failed) continue;
    out.push_back(fmt::format("{} keeps failing: {}", function.arn.str(), function.last_failure));
  }
  return out;
}

}  // namespace fescue
