// One short MQTT conversation with the "AWS IoT" endpoint of a running `fescue up`. Both functions block.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "model/core_config.h"
#include "model/topic.h"
#include "mqtt/packet.h"

namespace fescue::cli {

/// At QoS 1 it returns when the endpoint has the message. Errors: unavailable, permission_denied, timeout.
Result<void> publish_message(const HostPort& endpoint, const Topic& topic, const std::string& payload, mqtt::QoS qos);

enum class Wants { more, no_more };

struct Reception {
  TopicFilter filter;
  mqtt::QoS qos = mqtt::QoS::at_least_once;
  std::optional<std::chrono::seconds> timeout;  // for all of it
  std::function<void()> on_subscribed;
  std::function<Wants(std::string_view topic, std::string_view payload)> on_message;
  Fd until;  // becomes readable when nobody wants more; may be empty
};

/// Until on_message wants no more, `until`, SIGINT or SIGTERM comes (success), or timeout ends (timeout). Errors:
/// unavailable when the connection ends; permission_denied when the filter is refused.
Result<void> receive_messages(const HostPort& endpoint, Reception reception);

}  // namespace fescue::cli
