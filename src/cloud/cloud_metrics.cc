// The metrics, part by part, under the names that dashboards know.
#include "cloud/cloud_metrics.h"

#include <algorithm>

#include "base/metrics_text.h"

namespace fescue::cloud {

namespace {

void add_operations(MetricsText& out, const ApiCounters& api) {
  const std::string_view name = "fescue_api_operations_total", help = "Requests of each operation, by outcome.";
  for (const auto& [operation, counts] : api.operations) {
    const std::pair<std::string_view, std::uint64_t> outcomes[] = {
        {"succeeded", counts.succeeded}, {"refused", counts.refused}, {"failed", counts.failed}};
    for (const auto& [outcome, count] : outcomes) {
      if (count == 0) continue;
      out.counter(name, help, count,
                  {{"service", name_of(operation->service)}, {"operation", operation->name}, {"outcome", outcome}});
    }
  }
}

void add_api(MetricsText& out, const ApiCounters& api) {
  out.counter("fescue_api_requests_total", "Requests to the API, refused ones included.", api.requests);
  out.counter("fescue_api_unverified_total", "Requests without a good signature, or too large to look at.",
              api.unverified);
  out.counter("fescue_api_unknown_operations_total", "Signed requests that no operation answers.",
              api.unknown_operations);
  for (const auto& [error, count] : api.errors) {
    out.counter("fescue_api_errors_total", "Requests refused, by the name of the error.", count, {{"error", error}});
  }
  add_operations(out, api);
}

void add_refusals(MetricsText& out, const RejectionCounts& rejections) {
  for (const auto& [what, count] : rejections) {
    out.counter("fescue_refused_total", "Turned away before anybody looked at what was asked, by door and cause.",
                count, {{"door", name_of(what.first)}, {"cause", what.second}});
  }
}

void add_broker(MetricsText& out, const BrokerCounters& broker) {
  out.gauge("fescue_mqtt_connections", "Connected MQTT clients.", broker.connections_now);
  out.gauge("fescue_mqtt_subscriptions", "Their subscriptions.", broker.subscriptions_now);
  out.counter("fescue_mqtt_connections_total", "CONNECTs accepted.", broker.connections_accepted);
  const std::string_view name = "fescue_mqtt_refused_total", help = "What MQTT clients were refused, by cause.";
  out.counter(name, help, broker.connections_refused, {{"cause", "connection"}});
  out.counter(name, help, broker.protocol_errors, {{"cause", "protocol_error"}});
  out.counter(name, help, broker.publishes_refused, {{"cause", "publish"}});
  out.counter(name, help, broker.subscribes_refused, {{"cause", "subscription"}});
  out.counter(name, help, broker.retained_refused, {{"cause", "retain"}});
  out.counter(name, help, broker.slow_readers_closed, {{"cause", "slow_reader"}});
  out.counter("fescue_mqtt_taken_over_total", "Connections closed because their client id connected again.",
              broker.taken_over);
  out.counter("fescue_mqtt_messages_in_total", "Messages published.", broker.messages_in);
  out.counter("fescue_mqtt_messages_out_total", "Messages delivered.", broker.messages_out);
  out.counter("fescue_mqtt_messages_dropped_total", "Messages that slow readers missed: of QoS 0, or retained.",
              broker.messages_dropped);
  out.counter("fescue_mqtt_bytes_in_total", "Bytes from MQTT clients.", broker.bytes_in);
  out.counter("fescue_mqtt_bytes_out_total", "Bytes to MQTT clients.", broker.bytes_out);
}

}  // namespace

std::string to_prometheus(const CloudStatus& status, WallTime now) {
  MetricsText out;
  out.gauge("fescue_cloud_info", "Always 1; the label says what runs.", 1, {{"version", status.version}});
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now - status.started).count();
  out.gauge("fescue_uptime_seconds", "Since the control plane started.",
            static_cast<std::uint64_t>(std::max<long>(0, uptime)));
  add_api(out, status.api);
  add_refusals(out, status.rejections);
  add_broker(out, status.broker);
  return out.take();
}

}  // namespace fescue::cloud
