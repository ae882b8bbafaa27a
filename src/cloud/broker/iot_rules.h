// What makes an MQTT server (mqtt_server/) the "AWS IoT" message broker: its limits, and who may do what.
//
// Topics that begin with `$` are decided by fixed rules. Those of `$fescue/cores/T/` are the core T's, whose
// certificate is attached to thing T: it publishes its hello and its reports, and hears its notices, and nothing else.
// Of the others only those of shadows and of some events exist, and events are never a client's to say
// (model/reserved_topics.h). What these rules leave open is decided by the
// rights of the principal: a certificate's policies (certificate_rights.h). The owner has none and may do everything.
//
// Client ids `T` and `T-...` belong to the certificates of thing T.
#pragma once

#include <string>
#include <string_view>

#include "mqtt_server/access_rules.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud {

/// AWS IoT's, but for the subscriptions of one client.
MqttServerLimits iot_limits();

/// Whether only cores use this topic or filter: it is, or begins with, `$fescue/`.
bool is_core_topic(std::string_view topic_or_filter);

/// What the fixed rules say to everything but connect.
enum class FixedRule { allowed, refused, ask_rights };
FixedRule fixed_rule(const Principal& principal, Action action, std::string_view topic_or_filter);

/// Whether `client_id` belongs to a thing that `principal` speaks for.
bool owns_client_id(const Principal& principal, std::string_view client_id);

class IotRules final : public AccessRules {
 public:
  bool allow(const AccessRequest& request) const override;
  std::string why_refused(const AccessRequest& request) const override;
  /// Whoever owns the id takes it from whoever does not. Where that decides nothing, a holder that speaks for a thing
  /// gives way only to a principal of the same thing.
  bool may_take_over(const Principal& newcomer, const Principal& holder, std::string_view client_id) const override;
  /// The notices of cores: a core that comes back is told again.
  bool must_not_be_missed(std::string_view topic) const override { return is_core_topic(topic); }
};

}  // namespace fescue::cloud
