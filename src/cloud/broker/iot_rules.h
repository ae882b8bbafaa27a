// What makes an MQTT server (mqtt_server/) the "AWS IoT" message broker: its limits, and who may do what.
//
// Topics that begin with `$` are decided by fixed rules. Those of `$fescue/cores/T/` are the core T's, whose
// certificate is attached to thing T: it publishes its hello and its reports, and hears its notices, and nothing else.
// Of the others only those of shadows and of some events exist, and events are never a client's to say
// (model/reserved_topics.h). What these rules leave open is decided by the
// rights of the principal: a certificate's policies (certificate_rights.h). The owner has none and may do everything.
//
// Client ids `T` and `T-...` of a core T belong to the certificates of thing T (core_names.h). Whatever else a client
// is called, the newest takes over.
#pragma once

#include <string>
#include <string_view>

#include "cloud/broker/core_names.h"
#include "mqtt_server/access_rules.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud {

/// AWS IoT's, and more for cores.
MqttServerLimits iot_limits();

/// Whether only cores use this topic or filter: it is, or begins with, `$fescue/`.
bool is_core_topic(std::string_view topic_or_filter);

/// What the fixed rules say to everything but connect.
enum class FixedRule { allowed, refused, ask_rights };
FixedRule fixed_rule(const Principal& principal, Action action, std::string_view topic_or_filter);

class IotRules final : public AccessRules {
 public:
  /// `cores` must outlive it.
  explicit IotRules(const CoreNames& cores) : cores_(cores) {}

  bool allow(const AccessRequest& request) const override;
  std::string why_refused(const AccessRequest& request) const override;
  ClientKind kind_of(const Principal& principal) const override;
  /// The notices of cores: a core that comes back is told again.
  bool must_not_be_missed(std::string_view topic) const override { return is_core_topic(topic); }

 private:
  FixedRule rule_for(const AccessRequest& request) const;
  bool may_be_called(const Principal& principal, std::string_view client_id) const;

  const CoreNames& cores_;
};

}  // namespace fescue::cloud
