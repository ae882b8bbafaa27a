// RetainedMessages: of each topic the last message that was published with RETAIN, for those who subscribe later
// (docs/compatibility/mqtt.md#retained-messages). An empty payload removes it. As in AWS IoT, topics that begin with
// `$` keep nothing, and there are bounds, so that one publisher leaves room for the others.
//
// All of them are in memory, where later subscribers find the newest at once; whoever keeps them for longer gives them
// back with restore() and hears of changes (retained_writer.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/topic.h"
#include "mqtt/packet.h"

namespace fescue {

struct RetainedMessage {
  std::string payload;
  mqtt::QoS qos = mqtt::QoS::at_most_once;
  WallTime modified;
  std::string publisher = {};  // the certificate that it counts on; empty: the owner's
};

/// Bytes are those of topics and payloads. What is said of a publisher does not count for the owner.
struct RetainedLimits {
  std::size_t topics = 0;  // in all
  std::size_t bytes = 64 * 1024 * 1024;
  std::size_t topics_of_publisher = 1000;
  std::size_t bytes_of_publisher = 8 * 1024 * 1024;
};

/// What must be stored before a change outlives the process; 0: nothing.
using StoreTicket = std::uint64_t;

/// By topic; absent: the topic's message was removed.
using RetainedChanges = std::map<std::string, std::optional<RetainedMessage>, std::less<>>;

class RetainedMessages {
 public:
  using ByTopic = std::map<std::string, RetainedMessage, std::less<>>;
  /// `message` is null when that topic's message was removed.
  using Keep = std::function<StoreTicket(std::string_view topic, const RetainedMessage* message)>;

  explicit RetainedMessages(const RetainedLimits& limits) : limits_(limits) {}

  void restore(ByTopic messages, Keep keep);

  /// What a message with RETAIN does. Error: resource_exhausted; nothing has changed then.
  Result<StoreTicket> set(const Topic& topic, std::string_view payload, mqtt::QoS qos, WallTime now,
                          std::string_view publisher = {});

  const RetainedMessage* find(std::string_view topic) const;
  const ByTopic& all() const { return messages_; }
  std::size_t bytes() const { return total_.bytes; }

  /// Calls `each(topic, message)` for those that the filter matches, in the order of their topics.
  template <class Each>
  void for_each_match(const TopicFilter& filter, Each each) const {
    const std::string_view fixed = fixed_part(filter.view());
    for (auto at = messages_.lower_bound(fixed); at != messages_.end() && at->first.starts_with(fixed); ++at) {
      const Topic topic = Topic::parse(at->first).value();
      if (mqtt_matches(filter, topic)) each(topic, at->second);
    }
  }

 private:
  /// What every topic that the filter matches begins with.
  static std::string_view fixed_part(std::string_view filter);

  struct Amount {
    std::size_t topics = 0, bytes = 0;
  };
  static std::size_t size_of(std::string_view topic, std::string_view payload) { return topic.size() + payload.size(); }
  /// Whether there is room for a message in place of what its topic has.
  Result<void> check_room(ByTopic::const_iterator former, std::size_t size, std::string_view publisher) const;
  void count(ByTopic::const_iterator added);
  void discount(ByTopic::const_iterator removed);

  RetainedLimits limits_;
  Amount total_;
  std::map<std::string, Amount, std::less<>> of_publishers_;
  ByTopic messages_;
  Keep keep_;
};

}  // namespace fescue
