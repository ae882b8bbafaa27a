// The broker's counters as metrics: connections, messages, bytes, and what was refused.
#pragma once

#include "base/metrics_text.h"
#include "cloud/broker/broker.h"

namespace fescue::cloud {

void add_metrics(MetricsText& out, const BrokerCounters& broker);

}  // namespace fescue::cloud
