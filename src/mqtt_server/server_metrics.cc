// An MQTT server's counters as metrics.
#include "mqtt_server/server_metrics.h"

namespace fescue {

void add_metrics(MetricsText& out, const MqttServerCounters& server) {
  out.gauge("fescue_mqtt_connections", "Connected MQTT clients.", server.connections_now);
  out.gauge("fescue_mqtt_subscriptions", "Their subscriptions.", server.subscriptions_now);
  out.gauge("fescue_mqtt_subscription_bytes", "Memory of these, estimated.", server.filter_bytes);
  out.gauge("fescue_mqtt_output_bytes", "What waits to be sent to clients with certificates.", server.output_bytes);
  out.gauge("fescue_mqtt_route_cache_bytes", "Remembered receivers of topics.", server.route_bytes);
  out.counter("fescue_mqtt_route_cache_emptied_total", "Times that they were too many and were forgotten.",
              server.routes_forgotten);
  out.counter("fescue_mqtt_publishes_slowed_total", "Times that a client was not read because it published too fast.",
              server.publishes_slowed);
  out.gauge("fescue_mqtt_retained_messages", "Retained messages.", server.retained_topics);
  out.gauge("fescue_mqtt_retained_bytes", "Their topics and payloads.", server.retained_bytes);
  out.counter("fescue_mqtt_connections_total", "CONNECTs accepted.", server.connections_accepted);
  const std::string_view name = "fescue_mqtt_refused_total", help = "What MQTT clients were refused, by cause.";
  out.counter(name, help, server.connections_refused, {{"cause", "connection"}});
  out.counter(name, help, server.connects_refused, {{"cause", "connect"}});
  out.counter(name, help, server.protocol_errors, {{"cause", "protocol_error"}});
  out.counter(name, help, server.publishes_refused, {{"cause", "publish"}});
  out.counter(name, help, server.subscribes_refused, {{"cause", "subscription"}});
  out.counter(name, help, server.deliveries_refused, {{"cause", "delivery"}});
  out.counter(name, help, server.rights_revoked, {{"cause", "revoked"}});
  out.counter(name, help, server.retained_refused, {{"cause", "retain"}});
  out.counter(name, help, server.slow_readers_closed, {{"cause", "slow_reader"}});
  out.counter("fescue_mqtt_retained_changes_total", "Changes of retained messages that were stored.",
              server.retained.changes);
  out.counter("fescue_mqtt_retained_commits_total", "Commits that they took.", server.retained.commits);
  out.counter("fescue_mqtt_retained_commit_failures_total", "Commits of theirs that failed.", server.retained.failures);
  out.counter("fescue_mqtt_retained_postponed_total",
              "PUBLISHes with RETAIN whose client was not read because too much waited to be stored.",
              server.retained_postponed);
  out.gauge("fescue_mqtt_retained_waiting_bytes", "Retained messages that wait to be stored.", server.retained_waiting);
  out.counter("fescue_mqtt_taken_over_total", "Connections closed because their client id connected again.",
              server.taken_over);
  out.counter("fescue_mqtt_messages_in_total", "Messages published.", server.messages_in);
  out.counter("fescue_mqtt_messages_out_total", "Messages delivered.", server.messages_out);
  out.counter("fescue_mqtt_messages_dropped_total", "Messages that slow readers missed.", server.messages_dropped);
  out.counter("fescue_mqtt_messages_unacknowledged_total",
              "QoS 1 messages sent and not acknowledged when their connections ended.", server.messages_unacknowledged);
  out.counter("fescue_mqtt_bytes_in_total", "Bytes from MQTT clients.", server.bytes_in);
  out.counter("fescue_mqtt_bytes_out_total", "Bytes to MQTT clients.", server.bytes_out);
}

}  // namespace fescue
