// What the control plane has done and refused, as Prometheus text: GET /_fescue/metrics on the API's port, for the
// owner and root alone (as on the plain MQTT listener: sys/net/owners.h). Each part adds its own figures
// (`add_metrics` beside its counters); here they only become one page. Names are an interface: people's dashboards and
// alarms use them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics_text.h"
#include "cloud/rejection_log.h"
#include "sys/http/http_server.h"
#include "sys/net/owners.h"

namespace fescue::cloud {

bool is_metrics_path(std::string_view path);

/// Adds what one part counts.
using MetricsSource = std::function<void(MetricsText& out)>;

/// The process itself: which version runs, and for how long it has.
MetricsSource process_metrics(std::string_view version, WallTime started, std::function<WallTime()> now);

/// What a listener's bodies take, and how often there was no room.
struct BodyUse {
  ListenerName listener;
  std::size_t held = 0;  // bytes
  std::uint64_t refused = 0;
};
/// Of requests, before their senders are known.
void add_body_metrics(MetricsText& out, const std::vector<BodyUse>& bodies);
/// Of answers, until they are read.
void add_answer_metrics(MetricsText& out, const std::vector<BodyUse>& answers);

class MetricsEndpoint {
 public:
  /// The sources are asked in this order, for each request. `owners` and `rejections` must outlive the endpoint.
  MetricsEndpoint(Owners& owners, RejectionLog& rejections, std::vector<MetricsSource> sources)
      : owners_(owners), rejections_(rejections), sources_(std::move(sources)) {}

  void handle(const HttpExchangePtr& exchange);

  /// The same without a connection: 200, or 403 for other users.
  HttpResponse answer(const Peer& peer);

 private:
  Owners& owners_;
  RejectionLog& rejections_;
  std::vector<MetricsSource> sources_;
};

}  // namespace fescue::cloud
