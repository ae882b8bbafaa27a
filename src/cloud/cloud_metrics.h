// What the control plane has done and refused, as Prometheus text: GET /_fescue/metrics on the API's port, for the
// owner and root alone (by the uid of the peer's socket, as on the plain MQTT listener). Names are an interface:
// people's dashboards and alarms use them.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "cloud/api/framework/api_server.h"
#include "cloud/broker/broker.h"
#include "cloud/rejection_log.h"

namespace fescue::cloud {

inline constexpr std::string_view kMetricsPath = "/_fescue/metrics";

struct CloudStatus {
  std::string_view version;
  WallTime started;
  const ApiCounters& api;
  BrokerCounters broker;
  const RejectionCounts& rejections;
};

std::string to_prometheus(const CloudStatus& status, WallTime now);

}  // namespace fescue::cloud
