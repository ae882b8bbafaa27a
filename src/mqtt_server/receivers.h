// Receivers: who gets the messages of a topic from a source. The subscription tree is asked once for each pair; the
// answer is kept until any subscription or right changes (a generation number tells), or until too many are kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/topic.h"
#include "model/topic_tree.h"
#include "mqtt/codec.h"
#include "mqtt_server/access_rules.h"

namespace fescue::mqtt_server {

/// A message on its way to its receivers. Borrowed for the duration of receive().
struct Outgoing {
  const Topic& topic;
  std::string_view payload;
  mqtt::PublishFrame& frame;
};

/// A client, or an in-process subscription. Neither may change any subscription from inside.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual bool may_receive(const Topic& topic, SourceId source) const = 0;
  virtual void receive(const Outgoing& message, mqtt::QoS qos) = 0;
};

struct Route {
  struct Target {
    Receiver* receiver;
    mqtt::QoS qos;  // the highest that was granted to this receiver by a filter that matches
  };
  Topic topic;
  SourceId source = SourceId::owner;
  std::uint64_t generation = 0;
  std::vector<Target> targets;  // each receiver once, in the order of their addresses
  std::size_t refused = 0;      // receivers that have subscribed and may not receive it

  /// Null when it is none of the targets.
  const Target* target_of(const Receiver& receiver) const;
};

class Routes {
 public:
  /// Of the routes that are remembered; when they are too many, or too big, all of them are forgotten.
  Routes(std::size_t max_cached_topics, std::size_t max_cached_bytes)
      : max_cached_topics_(max_cached_topics), max_cached_bytes_(max_cached_bytes) {}

  /// Good until generation() changes. Error: not a topic (Topic::parse).
  Result<Route*> find(std::string_view topic, SourceId source);
  std::uint64_t generation() const { return generation_; }
  /// What was found before is looked up again.
  void invalidate() { ++generation_; }

  /// True: a new subscription; false: one that was there has a new QoS.
  bool subscribe(std::string_view filter, Receiver& receiver, mqtt::QoS qos);
  void unsubscribe(std::string_view filter, Receiver& receiver);
  std::size_t subscriptions() const { return tree_.size(); }
  std::size_t cached_bytes() const { return cached_bytes_; }
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  struct KeyView {
    SourceId source;
    std::string_view topic;
  };
  struct Key {
    SourceId source;
    std::string topic;
    operator KeyView() const { return {source, topic}; }  // NOLINT(google-explicit-constructor)
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(KeyView key) const {
      return std::hash<std::string_view>{}(key.topic) + static_cast<std::size_t>(key.source) * 0x9e3779b97f4a7c15U;
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(KeyView a, KeyView b) const { return a.source == b.source && a.topic == b.topic; }
  };
  using Cache = std::unordered_map<Key, Route, Hash, Equal>;
  static std::size_t size_of(const Route& route);
  void look_up(Route& route);
  void forget_all_but(Cache::iterator kept);

  std::size_t max_cached_topics_;
  std::size_t max_cached_bytes_;
  std::size_t cached_bytes_ = 0;
  std::uint64_t forgotten_ = 0;
  TopicTree<TopicRule::mqtt, Receiver*, mqtt::QoS> tree_;
  Cache cache_;
  std::uint64_t generation_ = 1;
};

}  // namespace fescue::mqtt_server
