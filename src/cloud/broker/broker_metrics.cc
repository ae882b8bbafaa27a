// The broker's counters as metrics.
#include "cloud/broker/broker_metrics.h"

namespace fescue::cloud {

void add_metrics(MetricsText& out, const BrokerCounters& broker) {
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

}  // namespace fescue::cloud
