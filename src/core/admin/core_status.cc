// CoreStatus as JSON, part by part.
#include "core/admin/core_status.h"

#include <algorithm>

#include <boost/json.hpp>

namespace fescue {

namespace json = boost::json;

namespace {

std::int64_t uptime_seconds(const CoreStatus& status, WallTime now) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - status.started).count());
}

json::object memory_json(const ProcessMemory& memory) {
  const auto number = [](const std::optional<std::uint64_t>& kb) { return kb ? json::value(*kb) : json::value(); };
  return {{"rss_kb", number(memory.rss_kb)}, {"pss_kb", number(memory.pss_kb)}};
}

json::object core_json(const CoreStatus& status, WallTime now) {
  return {{"thing", status.thing.empty() ? "" : status.thing.thing_name().str()},
          {"thing_arn", status.thing.str()},
          {"root", status.root},
          {"pid", status.pid},
          {"user", status.user},
          {"started", iso8601_utc(status.started)},
          {"uptime_seconds", uptime_seconds(status, now)},
          {"memory", memory_json(status.memory)}};
}

json::value group_json(const CoreStatus& status) {
  if (!status.group) return nullptr;
  return json::object{{"id", status.group->id.str()},
                      {"version", status.group->version},
                      {"deployment", status.deployment ? json::value(status.deployment->str()) : json::value()},
                      {"subscriptions", status.group->subscriptions.size()}};
}

json::array workers_json(const CoreStatus& status, const FunctionArn& function) {
  json::array out;
  for (const WorkerView& worker : status.workers) {
    if (worker.status.function != function || worker.status.pid == 0) continue;
    out.push_back(json::object{{"id", worker.status.id.str()},
                               {"pid", worker.status.pid},
                               {"state", name_of(worker.status.state)},
                               {"memory", memory_json(worker.memory)}});
  }
  return out;
}

json::array functions_json(const CoreStatus& status) {
  json::array out;
  for (const FunctionReport& function : status.functions) {
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
                               {"workers", workers_json(status, function.arn)}});
  }
  return out;
}

json::object link_json(const CoreStatus& status) {
  const UplinkStatus& link = status.link;
  return {{"control_plane", status.control_plane},     {"connected", link.connected},
          {"last_failure", link.last_failure},         {"connections", link.connections},
          {"messages_waiting", link.messages_waiting}, {"bytes_waiting", link.bytes_waiting},
          {"messages_sent", link.messages_sent},       {"messages_received", link.messages_received},
          {"messages_dropped", link.messages_dropped}, {"messages_refused", link.messages_refused}};
}

json::object messages_json(const CoreStatus& status) {
  const DispatchCounters& messages = status.messages;
  return {{"published", messages.published},
          {"delivered", messages.delivered},
          {"no_route", messages.no_route},
          {"refused", messages.refused},
          {"no_room", messages.no_room},
          {"reserved", messages.reserved},
          {"drops_remembered", status.drops_remembered}};
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

json::object ipc_json(const CoreStatus& status) {
  return {{"bad_requests", status.ipc.bad_requests},       {"refused_tokens", status.ipc.refused_tokens},
          {"refused_peers", status.ipc.refused_peers},     {"discarded_results", status.ipc.discarded_results},
          {"refused_at_owner_door", status.refused_peers}, {"refused_of_owner", status.refused_of_owner},
          {"refused_bodies", status.ipc.refused_bodies}};
}

}  // namespace

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

std::string to_json(const CoreStatus& status, WallTime now) {
  json::array warnings;
  for (const std::string& warning : status.warnings) warnings.push_back(json::string(warning));
  return json::serialize(json::object{{"version", status.version},
                                      {"core", core_json(status, now)},
                                      {"group", group_json(status)},
                                      {"functions", functions_json(status)},
                                      {"link", link_json(status)},
                                      {"messages", messages_json(status)},
                                      {"invocations", invocations_json(status.invocations)},
                                      {"ipc", ipc_json(status)},
                                      {"warnings", std::move(warnings)}});
}

}  // namespace fescue
