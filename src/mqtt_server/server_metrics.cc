// An MQTT server's counters as metrics.
#include "mqtt_server/server_metrics.h"

namespace fescue {

void add_metrics(MetricsText& out, const MqttServerCounters& server) {
  out.gauge("fescue_mqtt_connections", "Connected MQTT clients.", server.connections_now);
  out.gauge("fescue_mqtt_subscriptions", "Their subscriptions.", server.subscriptions_now);
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
