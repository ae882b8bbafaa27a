// RetainedMessages: of each topic the last message that was published with RETAIN, for those who subscribe later
// (docs/compatibility/mqtt.md#retained-messages). An empty payload removes it. As in AWS IoT, topics that begin with
// `$` keep nothing, and there is a bound on their number.
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

  explicit RetainedMessages(std::size_t max_topics) : max_topics_(max_topics) {}

  void restore(ByTopic messages, Keep keep);

  /// What a message with RETAIN does. Error: resource_exhausted; nothing has changed then.
  Result<StoreTicket> set(const Topic& topic, std::string_view payload, mqtt::QoS qos, WallTime now);

  const RetainedMessage* find(std::string_view topic) const;
  const ByTopic& all() const { return messages_; }

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

  std::size_t max_topics_;
  ByTopic messages_;
  Keep keep_;
};

}  // namespace fescue
