// Ids in order and out of order, and the window that stops the flow.
#include "mqtt/in_flight.h"

#include <gtest/gtest.h>

namespace fescue::mqtt {
namespace {

Request publish(Token token) { return {token, SteadyTime(), RequestKind::publish}; }

TEST(InFlight, IdsAreNeverZeroAndNeverInUseTwice) {
  InFlight window(3);
  std::vector<PacketId> waiting;
  for (Token token = 0; token < 200'000; ++token) {
    if (window.full()) {
      ASSERT_EQ(window.oldest_id(), waiting.front());
      ASSERT_EQ(window.acknowledge(waiting.front(), RequestKind::publish)->token, token - waiting.size());
      waiting.erase(waiting.begin());
    }
    const PacketId id = window.add(publish(token));
    ASSERT_NE(id, 0);
    ASSERT_EQ(std::count(waiting.begin(), waiting.end(), id), 0);
    waiting.push_back(id);
  }
}

TEST(InFlight, AcknowledgementsMayComeInAnyOrder) {
  InFlight window(10);
  for (Token token = 1; token <= 10; ++token) window.add(publish(token));
  EXPECT_TRUE(window.full());
  for (const PacketId id : {5, 1, 10, 2, 3, 4}) EXPECT_EQ(window.acknowledge(id, RequestKind::publish)->token, id);
  EXPECT_EQ(window.size(), 4u);
  EXPECT_EQ(window.oldest().token, 6u);
  EXPECT_FALSE(window.full());
}

TEST(InFlight, UnknownIdsAndWrongKindsAreNothing) {
  InFlight window(10);
  EXPECT_FALSE(window.acknowledge(1, RequestKind::publish));
  const PacketId id = window.add({1, SteadyTime(), RequestKind::subscribe});
  EXPECT_FALSE(window.acknowledge(0, RequestKind::subscribe));
  EXPECT_FALSE(window.acknowledge(id + 1, RequestKind::subscribe));
  EXPECT_FALSE(window.acknowledge(id, RequestKind::publish));
  EXPECT_TRUE(window.acknowledge(id, RequestKind::subscribe));
  EXPECT_FALSE(window.acknowledge(id, RequestKind::subscribe));
  EXPECT_TRUE(window.empty());
}

TEST(InFlight, OneThatIsNeverAcknowledgedStopsTheFlow) {
  InFlight window(100);
  window.add(publish(0));
  for (Token token = 1; token < 100; ++token) window.acknowledge(window.add(publish(token)), RequestKind::publish);
  EXPECT_EQ(window.size(), 1u);
  EXPECT_TRUE(window.full());
  window.acknowledge(1, RequestKind::publish);
  EXPECT_TRUE(window.empty());
  EXPECT_EQ(window.add(publish(100)), 101);
}

}  // namespace
}  // namespace fescue::mqtt
