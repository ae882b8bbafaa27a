// RejectionLog: what the control plane refused before an operation saw it (no HTTP, no TLS, a foreign
// certificate, a stale link, a report that cannot be read), counted by listener and cause. Each is logged too, for each
// listener and cause one line in a second at most: any local process may cause them in a loop.
//
//   plane.rejections.note(ListenerName::cores, "certificate", peer.address, "certificate ab12... is not registered");
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/log_throttle.h"
#include "base/metrics_text.h"

namespace fescue::cloud {

/// Where it came in.
enum class ListenerName {
  api,        // the API's port
  iot_tls,    // MQTT with certificates
  cores,      // the cores' HTTPS
  downloads,  // links to packages, on the API's port
  reports,    // what cores say over MQTT
};
std::string_view name_of(ListenerName listener);  // "iot-tls"

using Rejection = std::pair<ListenerName, std::string_view>;  // where, and why
using RejectionCounts = std::map<Rejection, std::uint64_t>;
void add_metrics(MetricsText& out, const RejectionCounts& rejections);

class RejectionLog {
 public:
  /// `cause` is one of our own words, in static storage: it becomes a label of the metrics. `who` and `why` are for the
  /// log.
  void note(ListenerName listener, std::string_view cause, std::string_view who, std::string_view why);

  const RejectionCounts& counts() const { return counts_; }

 private:
  RejectionCounts counts_;
  std::map<Rejection, LogThrottle> throttles_;
};

}  // namespace fescue::cloud
