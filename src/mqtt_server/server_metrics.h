// An MQTT server's counters as metrics: connections, messages, bytes, and what was refused.
#pragma once

#include "base/metrics_text.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue {

void add_metrics(MetricsText& out, const MqttServerCounters& server);

}  // namespace fescue
