// The status as Prometheus metrics. Their names are an interface: people's dashboards and alarms use them.
#include <algorithm>

#include "base/metrics_text.h"
#include "core/admin/core_status.h"

namespace fescue {

namespace {

void add_core(MetricsText& out, const CoreStatus& status, WallTime now) {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now - status.started).count();
  out.gauge("fescue_core_info", "Always 1; the labels say what runs.", 1,
            {{"version", status.version},
             {"thing", status.thing.empty() ? "" : status.thing.thing_name().str()},
             {"group_version", status.group ? status.group->version : ""}});
  out.gauge("fescue_uptime_seconds", "Since the core started.", static_cast<std::uint64_t>(std::max<long>(0, uptime)));
  if (status.memory.rss_kb) {
    out.gauge("fescue_core_resident_bytes", "Resident memory of the core.", *status.memory.rss_kb * 1024);
  }
  out.gauge("fescue_warnings", "What `fescue status` warns of.", status.warnings.size());
}

void add_messages(MetricsText& out, const DispatchCounters& messages) {
  out.counter("fescue_messages_published_total", "Messages that came in.", messages.published);
  out.counter("fescue_messages_delivered_total", "Pairs of message and target that were delivered.",
              messages.delivered);
  const std::string_view name = "fescue_messages_dropped_total",
                         help = "Messages that did not reach a target, by cause.";
  out.counter(name, help, messages.no_route, {{"cause", "no_route"}});
  out.counter(name, help, messages.refused, {{"cause", "refused"}});
  out.counter(name, help, messages.no_room, {{"cause", "no_room"}});
  out.counter(name, help, messages.reserved, {{"cause", "reserved"}});
}

void add_link(MetricsText& out, const UplinkStatus& link) {
  out.gauge("fescue_link_connected", "1 while the control plane is connected.", link.connected ? 1 : 0);
  out.counter("fescue_link_connections_total", "Connections made.", link.connections);
  out.gauge("fescue_link_waiting_messages", "Messages queued for the cloud.", link.messages_waiting);
  out.gauge("fescue_link_waiting_bytes", "Their bytes.", link.bytes_waiting);
  out.counter("fescue_link_sent_total", "Messages that the cloud acknowledged.", link.messages_sent);
  out.counter("fescue_link_received_total", "Messages from the cloud.", link.messages_received);
  out.counter("fescue_link_malformed_total", "What came from the cloud and could not be read.",
              link.messages_malformed);
  out.counter("fescue_link_dropped_total", "Messages dropped because the queue was full.", link.messages_dropped);
  out.counter("fescue_link_refused_total", "Messages set aside because the cloud hangs up on them.",
              link.messages_refused);
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
}

void add_functions(MetricsText& out, const CoreStatus& status) {
  for (const FunctionReport& each : status.functions) {
    out.gauge("fescue_function_waiting", "Items that wait for a worker.", each.waiting, {{"function", each.arn.str()}});
  }
  for (const FunctionReport& each : status.functions) {
    out.gauge("fescue_function_workers", "Worker processes.", each.workers, {{"function", each.arn.str()}});
  }
  for (const FunctionReport& each : status.functions) {
    out.counter("fescue_function_restarts_total", "Restarts of long-lived functions.", each.restarts,
                {{"function", each.arn.str()}});
  }
  for (const FunctionReport& each : status.functions) {
    out.gauge("fescue_function_failed", "1 while the function counts as failed.",
              each.state == FunctionState::failed ? 1 : 0, {{"function", each.arn.str()}});
  }
}

void add_refusals(MetricsText& out, const CoreStatus& status) {
  const std::string_view name = "fescue_ipc_refused_total", help = "Local requests that were refused, by cause.";
  out.counter(name, help, status.ipc.bad_requests, {{"cause", "bad_request"}});
  out.counter(name, help, status.ipc.refused_tokens, {{"cause", "token"}});
  out.counter(name, help, status.ipc.refused_peers, {{"cause", "peer"}});
  out.counter(name, help, status.ipc.refused_calls, {{"cause", "call"}});
  out.counter(name, help, status.ipc.refused_bodies, {{"cause", "body_budget"}});
  out.counter(name, help, status.refused_peers, {{"cause", "owner_door"}});
  out.counter(name, help, status.refused_of_owner, {{"cause", "owner"}});
  out.gauge("fescue_ipc_body_bytes", "Memory of bodies that are being read.", status.ipc.body_bytes);
  out.counter("fescue_ipc_discarded_results_total", "Results that nobody fetched in time.",
              status.ipc.discarded_results);
}

}  // namespace

std::string to_prometheus(const CoreStatus& status, WallTime now) {
  MetricsText out;
  add_core(out, status, now);
  add_messages(out, status.messages);
  add_link(out, status.link);
  add_invocations(out, status.invocations);
  add_functions(out, status);
  add_refusals(out, status);
  return out.take();
}

}  // namespace fescue
