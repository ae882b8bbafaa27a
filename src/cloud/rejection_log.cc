// What was refused: counted, logged, and told as metrics.
#include "cloud/rejection_log.h"

#include "base/log.h"

namespace fescue::cloud {

std::string_view name_of(ListenerName listener) {
  switch (listener) {
    case ListenerName::api:
      return "api";
    case ListenerName::iot_tls:
      return "iot-tls";
    case ListenerName::cores:
      return "cores";
    case ListenerName::downloads:
      return "downloads";
    case ListenerName::reports:
      return "reports";
  }
  return "unknown";
}

void RejectionLog::note(ListenerName listener, std::string_view cause, std::string_view who, std::string_view why) {
  ++counts_[{listener, cause}];
  if (const auto left_out = throttles_[{listener, cause}].admit(steady_now())) {
    log::warn(
        "Refused a peer.",
        {{"listener", name_of(listener)}, {"cause", cause}, {"who", who}, {"reason", why}, {"notLogged", *left_out}});
  }
}

void add_metrics(MetricsText& out, const RejectionCounts& rejections) {
  for (const auto& [what, count] : rejections) {
    out.counter("fescue_refused_total",
                "Connections and requests refused before an operation saw them, by listener and cause.", count,
                {{"listener", name_of(what.first)}, {"cause", what.second}});
  }
}

}  // namespace fescue::cloud
