// What makes an MQTT server (mqtt_server/) the "AWS IoT" message broker: its limits, and who may do what.
//
// Topics that begin with `$fescue/` are the cores' own: only a principal whose certificate is attached to thing T may
// publish to, or subscribe within, `$fescue/cores/T/`. That rule is fixed here. Every other topic is asked of the hook
// (IoT policies), which allows everything when none is given.
#pragma once

#include <functional>
#include <string_view>

#include "mqtt_server/access_rules.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud {

/// AWS IoT's, but for the subscriptions of one client.
MqttServerLimits iot_limits();

/// Whether `principal`, connected as `client_id`, may do `action` on `resource` (AccessRequest).
using Authorise = std::function<bool(const Principal& principal, Action action, std::string_view client_id,
                                     std::string_view resource)>;

/// Whether the fixed rule decides about this topic or filter: it is, or begins with, `$fescue/`.
bool is_core_topic(std::string_view topic_or_filter);

/// The fixed rule.
bool may_use_core_topic(const Principal& principal, std::string_view topic_or_filter);

class IotRules final : public AccessRules {
 public:
  /// `authorise` may be empty: everything outside `$fescue/` is allowed.
  explicit IotRules(Authorise authorise = {}) : authorise_(std::move(authorise)) {}

  bool allow(const AccessRequest& request) const override;
  /// A connection that speaks for a thing gives way only to a principal of the same thing.
  bool may_take_over(const Principal& newcomer, const Principal& holder) const override;

 private:
  Authorise authorise_;
};

}  // namespace fescue::cloud
