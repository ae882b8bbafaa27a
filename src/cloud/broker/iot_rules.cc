// AWS IoT limits, the fixed rule on `$fescue/cores/`, and who may take over a client id.
#include "cloud/broker/iot_rules.h"

#include <algorithm>

namespace fescue::cloud {

namespace {

constexpr std::string_view kCoreTopics = "$fescue/cores/";

}  // namespace

MqttServerLimits iot_limits() {
  MqttServerLimits limits;
  // A V1 group may have 10,000 rows from the cloud; the rest is for the core's own notices.
  limits.max_subscriptions_per_client = 10'016;
  limits.max_retained_topics = 5'000;
  return limits;
}

bool is_core_topic(std::string_view topic_or_filter) {
  return topic_or_filter == "$fescue" || topic_or_filter.starts_with("$fescue/");
}

bool may_use_core_topic(const Principal& principal, std::string_view topic_or_filter) {
  if (!topic_or_filter.starts_with(kCoreTopics)) return false;
  const std::string_view rest = topic_or_filter.substr(kCoreTopics.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view thing = rest.substr(0, slash);
  return std::any_of(principal.things.begin(), principal.things.end(),
                     [&](const ThingName& each) { return each.view() == thing; });
}

bool IotRules::allow(const AccessRequest& request) const {
  if (request.action != Action::connect && is_core_topic(request.resource)) {
    return may_use_core_topic(request.who, request.resource);
  }
  return !authorise_ || authorise_(request.who, request.action, request.client_id, request.resource);
}

bool IotRules::may_take_over(const Principal& newcomer, const Principal& holder) const {
  if (holder.things.empty()) return true;
  return std::find_first_of(newcomer.things.begin(), newcomer.things.end(), holder.things.begin(),
                            holder.things.end()) != newcomer.things.end();
}

}  // namespace fescue::cloud
