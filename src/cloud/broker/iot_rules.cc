// AWS IoT limits, the fixed rules on topics that begin with `$`, and who may take over a client id.
#include "cloud/broker/iot_rules.h"

#include <algorithm>

#include "model/deployment.h"
#include "model/reserved_topics.h"

namespace fescue::cloud {

namespace {

bool says(Action action) { return action == Action::publish || action == Action::retain; }

bool may_use_core_topic(const ThingName& core, Action action, std::string_view topic) {
  if (says(action)) return topic == hello_topic(core) || topic == report_topic(core);
  return topic == notify_topic(core) || topic == invocation_notify_topic(core);
}

/// A client cannot say what the system says, but hear it.
bool exists_for_clients(Action action, std::string_view topic) {
  return says(action) ? check_cloud_topic(topic).has_value() : matches_told_topics(topic);
}

FixedRule rule_for(const AccessRequest& request) {
  return request.action == Action::connect ? FixedRule::ask_rights
                                           : fixed_rule(request.who, request.action, request.resource);
}

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

FixedRule fixed_rule(const Principal& principal, Action action, std::string_view topic) {
  if (!topic.starts_with('$')) return FixedRule::ask_rights;
  if (is_core_topic(topic)) {
    const bool own = std::ranges::any_of(
        principal.things, [&](const ThingName& core) { return may_use_core_topic(core, action, topic); });
    return own ? FixedRule::allowed : FixedRule::refused;
  }
  return exists_for_clients(action, topic) ? FixedRule::ask_rights : FixedRule::refused;
}

bool owns_client_id(const Principal& principal, std::string_view client_id) {
  return std::ranges::any_of(principal.things, [&](const ThingName& thing) {
    if (!client_id.starts_with(thing.view())) return false;
    const std::string_view rest = client_id.substr(thing.view().size());
    return rest.empty() || rest.starts_with('-');
  });
}

bool IotRules::allow(const AccessRequest& request) const {
  const FixedRule rule = rule_for(request);
  if (rule != FixedRule::ask_rights) return rule == FixedRule::allowed;
  return !request.who.rights || request.who.rights->allow(request);
}

std::string IotRules::why_refused(const AccessRequest& request) const {
  const bool by_rights = rule_for(request) == FixedRule::ask_rights && request.who.rights;
  return by_rights ? request.who.rights->why_refused(request) : "the topic is reserved";
}

bool IotRules::may_take_over(const Principal& newcomer, const Principal& holder, std::string_view client_id) const {
  if (owns_client_id(newcomer, client_id) != owns_client_id(holder, client_id)) {
    return owns_client_id(newcomer, client_id);
  }
  if (holder.things.empty()) return true;
  return std::find_first_of(newcomer.things.begin(), newcomer.things.end(), holder.things.begin(),
                            holder.things.end()) != newcomer.things.end();
}

}  // namespace fescue::cloud
