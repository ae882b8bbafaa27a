// The API's counters as metrics: requests, operations by outcome, errors by name.
#pragma once

#include "base/metrics_text.h"
#include "cloud/api/framework/api_server.h"

namespace fescue::cloud {

void add_metrics(MetricsText& out, const ApiCounters& api);

}  // namespace fescue::cloud
