// Which handshake gives way to a newcomer.
#include "sys/net/handshake_slots.h"

#include <vector>

#include <gtest/gtest.h>

#include "sys/net/origin.h"

namespace fescue {
namespace {

struct HandshakeSlotsTest : testing::Test {
  HandshakeSlots::Slot& take(const std::string& origin) {
    const std::size_t number = held.size();
    held.push_back(slots.take(origin, [this, number] { given_up.push_back(number); }));
    return *held.back();
  }

  HandshakeSlots slots{4};
  std::vector<std::unique_ptr<HandshakeSlots::Slot>> held;
  std::vector<std::size_t> given_up;
};

TEST_F(HandshakeSlotsTest, TheOldestOfTheLargestOriginGivesWay) {
  take("core");
  for (int i = 0; i < 3; ++i) take("crowd");
  EXPECT_TRUE(given_up.empty());
  for (int i = 0; i < 10; ++i) take("crowd");
  EXPECT_EQ(given_up, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_FALSE(held[0]->given_up());
  EXPECT_TRUE(held[1]->given_up());
  EXPECT_EQ(slots.running(), 4u);
  take("another");
  EXPECT_EQ(given_up.back(), 11u);
}

TEST_F(HandshakeSlotsTest, AmongEqualsTheOldestGivesWay) {
  for (const char* origin : {"a", "b", "c", "d", "e"}) take(origin);
  EXPECT_EQ(given_up, (std::vector<std::size_t>{0}));
}

TEST_F(HandshakeSlotsTest, WhatHasEndedGivesItsSlotBack) {
  for (int i = 0; i < 4; ++i) take("a");
  held.pop_back();
  EXPECT_EQ(slots.running(), 3u);
  take("b");
  EXPECT_TRUE(given_up.empty());
  held.clear();
  EXPECT_EQ(slots.running(), 0u);
}

std::string origin(const std::string& address, std::optional<uid_t> uid = {}) {
  Peer peer;
  peer.address = address;
  peer.uid = uid;
  return origin_of(peer);
}

TEST(Origin, IsTheUserOrTheAddress) {
  EXPECT_EQ(origin("127.0.0.1:4711", 1000), "uid 1000");
  EXPECT_EQ(origin("192.0.2.7:4711"), "192.0.2.7");
  EXPECT_EQ(origin("[2001:db8:0:1:2:3:4:5]:4711"), "2001:db8:0:1::/64");
  EXPECT_EQ(origin("[::1]:4711"), "::1");
  EXPECT_EQ(origin(""), "");
}

}  // namespace
}  // namespace fescue
