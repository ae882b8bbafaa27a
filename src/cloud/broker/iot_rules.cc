// AWS IoT limits, the fixed rules on topics that begin with `$`, and who may be called as a core.
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

bool speaks_for(const Principal& principal, std::string_view thing) {
  return std::ranges::any_of(principal.things, [&](const ThingName& own) { return own.view() == thing; });
}

}  // namespace

MqttServerLimits iot_limits() {
  MqttServerLimits limits;
  limits.retained.topics = 5'000;
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

/// A thing may be called as a core and then some: its own name is its own.
bool IotRules::may_be_called(const Principal& principal, std::string_view client_id) const {
  const ThingName* core = cores_.owner_of(client_id);
  return core == nullptr || speaks_for(principal, core->view()) ||
         (core->view() != client_id && speaks_for(principal, client_id));
}

FixedRule IotRules::rule_for(const AccessRequest& request) const {
  if (request.action != Action::connect) return fixed_rule(request.who, request.action, request.resource);
  return may_be_called(request.who, request.resource) ? FixedRule::ask_rights : FixedRule::refused;
}

bool IotRules::allow(const AccessRequest& request) const {
  const FixedRule rule = rule_for(request);
  if (rule != FixedRule::ask_rights) return rule == FixedRule::allowed;
  return !request.who.rights || request.who.rights->allow(request);
}

std::string IotRules::why_refused(const AccessRequest& request) const {
  const bool by_rights = rule_for(request) == FixedRule::ask_rights && request.who.rights;
  if (by_rights) return request.who.rights->why_refused(request);
  return request.action == Action::connect ? "the client id is for a core's certificate" : "the topic is reserved";
}

ClientKind IotRules::kind_of(const Principal& principal) const {
  const bool is_core =
      std::ranges::any_of(principal.things, [&](const ThingName& own) { return cores_.contains(own); });
  if (is_core) return ClientKind::core;
  return principal.rights ? ClientKind::device : ClientKind::owner;
}

}  // namespace fescue::cloud
