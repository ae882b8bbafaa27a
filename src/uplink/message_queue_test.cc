// Order, room and retransmission of the queue to the cloud.
#include "uplink/message_queue.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

constexpr std::size_t kItemCost = MessageQueue::kOverhead + 1 + 35;  // topic "t", 35 bytes

Topic topic() { return Topic::parse("t").value(); }
Payload payload(char c) { return Payload(std::string(35, c)); }

MessageQueue queue_of(std::size_t items, std::size_t window = 2) { return MessageQueue(items * kItemCost, window); }

std::uint64_t send(MessageQueue& queue) {
  const MessageQueue::Item* item = queue.next();
  if (item == nullptr) return 0;
  const std::uint64_t id = item->id;
  queue.mark_sent();
  return id;
}

/// The first letters of all messages that can be sent, in order; each is acknowledged.
std::string drain(MessageQueue& queue) {
  std::string letters;
  while (const auto* item = queue.next()) {
    letters += item->payload.view()[0];
    queue.acknowledge(send(queue));
  }
  return letters;
}

TEST(MessageQueue, IsFirstInFirstOut) {
  MessageQueue queue = queue_of(10);
  for (char c : {'a', 'b', 'c'}) queue.push(topic(), payload(c));
  EXPECT_EQ(queue.bytes(), 3 * kItemCost);
  EXPECT_EQ(drain(queue), "abc");
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.bytes(), 0u);
  EXPECT_EQ(queue.dropped(), 0u);
}

TEST(MessageQueue, TheOldestGiveWayWhenItIsFull) {
  MessageQueue queue = queue_of(3);
  for (char c : {'a', 'b', 'c', 'd', 'e'}) queue.push(topic(), payload(c));
  EXPECT_EQ(queue.dropped(), 2u);
  EXPECT_EQ(queue.bytes(), 3 * kItemCost);
  EXPECT_EQ(drain(queue), "cde");
}

TEST(MessageQueue, WhatIsInFlightDoesNotGiveWay) {
  MessageQueue queue = queue_of(3, 3);
  for (char c : {'a', 'b', 'c'}) queue.push(topic(), payload(c));
  const std::uint64_t first = send(queue);
  send(queue);
  queue.push(topic(), payload('d'));
  EXPECT_EQ(queue.dropped(), 1u);  // c
  send(queue);                     // d
  EXPECT_FALSE(queue.has_room(1));
  queue.push(topic(), payload('e'));
  EXPECT_EQ(queue.dropped(), 2u);  // e itself
  queue.acknowledge(first);
  queue.push(topic(), payload('f'));
  EXPECT_EQ(queue.dropped(), 2u);
}

TEST(MessageQueue, AMessageLargerThanTheQueueIsDropped) {
  MessageQueue queue = queue_of(1);
  queue.push(topic(), payload('a'));
  queue.push(topic(), Payload(std::string(1000, 'x')));
  EXPECT_EQ(queue.dropped(), 1u);
  EXPECT_EQ(drain(queue), "a");
  EXPECT_FALSE(queue.has_room(1000));
}

TEST(MessageQueue, HasRoomAsLongAsOlderMessagesCanGiveWay) {
  MessageQueue queue(2621440, 20);
  for (int i = 0; i < 100; ++i) queue.push(topic(), Payload(std::string(100000, 'x')));
  EXPECT_GT(queue.dropped(), 0u);
  EXPECT_LE(queue.bytes(), 2621440u);
  EXPECT_TRUE(queue.has_room(128 * 1024));
}

TEST(MessageQueue, TheWindowBoundsWhatIsInFlight) {
  MessageQueue queue = queue_of(10, 2);
  for (char c : {'a', 'b', 'c'}) queue.push(topic(), payload(c));
  const std::uint64_t a = send(queue), b = send(queue);
  EXPECT_EQ(queue.next(), nullptr);
  queue.acknowledge(b);
  EXPECT_EQ(queue.next()->payload, payload('c'));
  queue.acknowledge(a);
  queue.acknowledge(a);
  queue.acknowledge(999);
  EXPECT_EQ(queue.in_flight(), 0u);
}

TEST(MessageQueue, ALostConnectionSendsThemAgainInOrderOneByOne) {
  MessageQueue queue = queue_of(10, 3);
  for (char c : {'a', 'b', 'c', 'd'}) queue.push(topic(), payload(c));
  send(queue);
  const std::uint64_t b = send(queue);
  send(queue);
  queue.acknowledge(b);
  EXPECT_FALSE(queue.connection_lost(MessageQueue::Loss::hung_up));
  EXPECT_EQ(queue.bytes(), 3 * kItemCost);
  const std::uint64_t a = send(queue);
  EXPECT_EQ(queue.next(), nullptr);
  queue.acknowledge(a);
  send(queue);
  EXPECT_NE(queue.next(), nullptr);
  queue.connection_lost(MessageQueue::Loss::hung_up);
  EXPECT_EQ(drain(queue), "cd");
}

TEST(MessageQueue, AMessageThatEndsEveryConnectionIsGivenUp) {
  MessageQueue queue = queue_of(10, 3);
  for (char c : {'a', 'b'}) queue.push(topic(), payload(c));
  send(queue);
  send(queue);
  EXPECT_FALSE(queue.connection_lost(MessageQueue::Loss::hung_up));
  for (int i = 1; i < MessageQueue::kMaxLosses; ++i) {
    send(queue);
    EXPECT_FALSE(queue.connection_lost(MessageQueue::Loss::hung_up)) << i;
  }
  send(queue);
  const auto given_up = queue.connection_lost(MessageQueue::Loss::hung_up);
  ASSERT_TRUE(given_up);
  EXPECT_EQ(given_up->payload, payload('a'));
  EXPECT_EQ(queue.bytes(), kItemCost);
  EXPECT_EQ(drain(queue), "b");
}

TEST(MessageQueue, ConnectionsThatTheCloudDidNotEndDoNotCount) {
  MessageQueue queue = queue_of(10);
  queue.push(topic(), payload('a'));
  for (int i = 0; i < 20; ++i) {
    send(queue);
    EXPECT_FALSE(queue.connection_lost(MessageQueue::Loss::other));
  }
  EXPECT_EQ(drain(queue), "a");
}

TEST(MessageQueue, WhatWaitsCanBeRemoved) {
  MessageQueue queue = queue_of(10);
  for (char c : {'a', 'b', 'a', 'c'}) queue.push(topic(), payload(c));
  send(queue);
  EXPECT_EQ(queue.remove_waiting([](const auto& item) { return item.payload.view()[0] == 'a'; }), 1u);
  EXPECT_EQ(queue.bytes(), 3 * kItemCost);
  EXPECT_EQ(drain(queue), "bc");
}

TEST(MessageQueue, ConnectionsThatCarriedNothingDoNotCount) {
  MessageQueue queue = queue_of(10);
  queue.push(topic(), payload('a'));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(queue.connection_lost(MessageQueue::Loss::hung_up));
  EXPECT_EQ(drain(queue), "a");
}

}  // namespace
}  // namespace fescue
