// Pure: messages on their way to the cloud, in order, kept until the cloud has acknowledged them (V1's spooler in
// memory; docs/compatibility/cloud-link.md#spooler). A number of them is in flight at once, where V1 waited for each.
//
// Bounded in bytes. When it is full the oldest messages that are not in flight give way to the new one and are counted.
//
// After a lost connection those in flight go first again, one by one until one is acknowledged: so a message that the
// cloud answers by hanging up (as brokers do when a policy forbids the topic) shows itself. It is given up when two
// connections on which it was alone were ended so by the cloud. Connections that end otherwise say nothing about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "model/message.h"

namespace fescue {

class MessageQueue {
 public:
  /// What a message takes beside its topic and payload, so that a flood of tiny ones is bounded too.
  static constexpr std::size_t kOverhead = 64;

  /// Connections that the cloud ends while a message is the only one in flight, until it is given up.
  static constexpr int kMaxLosses = 2;

  enum class Loss { hung_up, other };  // who ended the connection: the cloud, or the network or ourselves

  struct Item {
    std::uint64_t id = 0;  // of this queue, ascending
    Topic topic;
    Payload payload;
    Endpoint source = Endpoint::cloud();
    int losses = 0;
    std::size_t cost() const { return topic.view().size() + payload.size() + kOverhead; }
  };

  MessageQueue(std::size_t max_bytes, std::size_t window) : max_bytes_(max_bytes), window_(window) {}

  /// Whether push() would keep a message with such a payload, at the expense of older ones if need be.
  bool has_room(std::size_t payload_bytes) const;
  /// Appends. A message that cannot be kept is itself the one that is dropped.
  void push(Topic topic, Payload payload, Endpoint source = Endpoint::cloud());

  /// The message to send next; null when there is none or the window is full. Good until the queue is changed.
  const Item* next() const;
  /// next() was sent.
  void mark_sent();
  /// The cloud has it. Returns it; nothing for an unknown id.
  std::optional<Item> acknowledge(std::uint64_t id);
  /// What is in flight waits again, in its old order. Returns a message that is given up.
  std::optional<Item> connection_lost(Loss loss);
  /// Removes those that wait and are picked; gives their number.
  std::size_t remove_waiting(const std::function<bool(const Item&)>& pick);

  std::size_t size() const { return waiting_.size() + in_flight_.size(); }
  std::size_t in_flight() const { return in_flight_.size(); }
  std::size_t bytes() const { return waiting_bytes_ + in_flight_bytes_; }
  /// For want of room.
  std::uint64_t dropped() const { return dropped_; }

 private:
  std::size_t max_bytes_, window_;
  bool probing_ = false;  // one at a time, until one is acknowledged
  std::deque<Item> waiting_, in_flight_;
  std::size_t waiting_bytes_ = 0, in_flight_bytes_ = 0;
  std::uint64_t last_id_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace fescue
