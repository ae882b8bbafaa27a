// The metrics page, and who may read it.
#include "cloud/metrics_endpoint.h"

#include <algorithm>
#include <chrono>

#include "cloud/admission.h"

namespace fescue::cloud {

bool is_metrics_path(std::string_view path) { return path == "/_fescue/metrics"; }

MetricsSource process_metrics(std::string_view version, WallTime started, std::function<WallTime()> now) {
  return [version, started, now = std::move(now)](MetricsText& out) {
    out.gauge("fescue_cloud_info", "Always 1; the label says what runs.", 1, {{"version", version}});
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now() - started).count();
    out.gauge("fescue_uptime_seconds", "Since the control plane started.",
              static_cast<std::uint64_t>(std::max<long>(0, uptime)));
  };
}

void add_body_metrics(MetricsText& out, const std::vector<BodyUse>& bodies) {
  for (const BodyUse& each : bodies) {
    out.gauge("fescue_unverified_body_bytes", "Memory of bodies whose sender is not known yet, by listener.", each.held,
              {{"listener", name_of(each.listener)}});
  }
  for (const BodyUse& each : bodies) {
    out.counter("fescue_unverified_bodies_refused_total", "Requests refused (503) because that was too much.",
                each.refused, {{"listener", name_of(each.listener)}});
  }
}

void add_answer_metrics(MetricsText& out, const std::vector<BodyUse>& answers) {
  for (const BodyUse& each : answers) {
    out.gauge("fescue_unread_answer_bytes", "Memory of answers that wait to be read, by listener.", each.held,
              {{"listener", name_of(each.listener)}});
  }
  for (const BodyUse& each : answers) {
    out.counter("fescue_unread_answers_refused_total", "Answers not given (503) because that was too much.",
                each.refused, {{"listener", name_of(each.listener)}});
  }
}

void MetricsEndpoint::handle(const HttpExchangePtr& exchange) { exchange->respond(answer(exchange->peer())); }

HttpResponse MetricsEndpoint::answer(const Peer& peer) {
  HttpResponse response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4");
  if (const Admission admission = admit_owner(peer, owners_); !admission.accepted()) {
    rejections_.note(ListenerName::api, "metrics", peer.address, admission.reason());
    response.status = 403;
    response.body = "The metrics are for the owner of this control plane.\n";
    return response;
  }
  MetricsText out;
  for (const MetricsSource& add : sources_) add(out);
  response.body = out.take();
  return response;
}

}  // namespace fescue::cloud
