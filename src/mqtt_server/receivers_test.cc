// Receivers of topics while subscriptions change.
#include "mqtt_server/receivers.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::mqtt_server {
namespace {

using mqtt::QoS;

struct Somebody final : Receiver {
  bool may_receive(const Topic& topic, SourceId source) const override {
    return topic.view() != forbidden && source != forbidden_source;
  }
  void receive(const Outgoing&, QoS) override {}
  std::string forbidden;
  std::optional<SourceId> forbidden_source;
};

std::vector<Receiver*> receivers(Routes& routes, std::string_view topic, SourceId source = SourceId::owner) {
  std::vector<Receiver*> all;
  for (const auto& target : routes.find(topic, source).value()->targets) all.push_back(target.receiver);
  return all;
}

TEST(Routes, EachReceiverOnceAtItsHighestQoS) {
  Routes routes(100, 1'000'000);
  Somebody a, b;
  routes.subscribe("t/#", a, QoS::at_most_once);
  routes.subscribe("t/x", a, QoS::at_least_once);
  routes.subscribe("+/x", a, QoS::at_most_once);
  routes.subscribe("t/+", b, QoS::at_most_once);
  const auto& targets = routes.find("t/x", SourceId::owner).value()->targets;
  ASSERT_EQ(targets.size(), 2u);
  for (const auto& target : targets) {
    EXPECT_EQ(target.qos, target.receiver == &a ? QoS::at_least_once : QoS::at_most_once);
  }
}

TEST(Routes, ARouteFollowsTheSubscriptions) {
  Routes routes(100, 1'000'000);
  Somebody a, b;
  EXPECT_THAT(receivers(routes, "t"), testing::ElementsAre());
  EXPECT_TRUE(routes.subscribe("t", a, QoS::at_most_once));
  EXPECT_FALSE(routes.subscribe("t", a, QoS::at_least_once));
  EXPECT_THAT(receivers(routes, "t"), testing::ElementsAre(&a));
  EXPECT_EQ(routes.find("t", SourceId::owner).value()->targets[0].qos, QoS::at_least_once);
  routes.subscribe("#", b, QoS::at_most_once);
  EXPECT_THAT(receivers(routes, "t"), testing::UnorderedElementsAre(&a, &b));
  routes.unsubscribe("t", a);
  EXPECT_THAT(receivers(routes, "t"), testing::ElementsAre(&b));
  EXPECT_EQ(routes.subscriptions(), 1u);
}

TEST(Routes, ARouteIsLookedUpOnceUntilSomethingChanges) {
  Routes routes(100, 1'000'000);
  Somebody a;
  routes.subscribe("t", a, QoS::at_most_once);
  const auto before = routes.generation();
  EXPECT_EQ(routes.find("t", SourceId::owner).value(), routes.find("t", SourceId::owner).value());
  EXPECT_EQ(routes.generation(), before);
  a.forbidden = "t";
  EXPECT_THAT(receivers(routes, "t"), testing::ElementsAre(&a));
  routes.invalidate();
  EXPECT_THAT(receivers(routes, "t"), testing::ElementsAre());
}

TEST(Routes, EachSourceHasItsOwn) {
  Routes routes(100, 1'000'000);
  Somebody a, b;
  routes.subscribe("t", a, QoS::at_most_once);
  routes.subscribe("t", b, QoS::at_most_once);
  b.forbidden_source = SourceId{2};
  EXPECT_THAT(receivers(routes, "t", SourceId{1}), testing::UnorderedElementsAre(&a, &b));
  EXPECT_THAT(receivers(routes, "t", SourceId{2}), testing::ElementsAre(&a));
  EXPECT_THAT(receivers(routes, "t", SourceId{1}), testing::UnorderedElementsAre(&a, &b));
}

TEST(Routes, WhatIsRememberedIsBounded) {
  Routes routes(2, 1'000'000);
  Somebody a;
  routes.subscribe("#", a, QoS::at_most_once);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(receivers(routes, std::to_string(i)), testing::ElementsAre(&a));
}

TEST(Routes, OnlyTopicsAreFound) {
  Routes routes(2, 1'000'000);
  EXPECT_FALSE(routes.find(std::string(257, 'x'), SourceId::owner));
  EXPECT_FALSE(routes.find("", SourceId::owner));
}

TEST(Routes, AreForgottenWhenTheyTakeTooMuch) {
  constexpr std::size_t kMost = 100'000;
  Routes routes(1'000'000, kMost);
  std::vector<Somebody> all(1000);
  for (Somebody& each : all) routes.subscribe("t/#", each, QoS::at_most_once);
  std::size_t most_seen = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t before = routes.generation();
    const Route* route = routes.find("t/" + std::to_string(i), SourceId::owner).value();
    EXPECT_EQ(route->targets.size(), 1000u);
    EXPECT_EQ(route->generation, routes.generation()) << "the one that was asked for is good";
    most_seen = std::max(most_seen, routes.cached_bytes());
    if (i == 0) {
      EXPECT_EQ(routes.generation(), before);
    }
  }
  EXPECT_LE(most_seen, kMost);
  EXPECT_GT(routes.forgotten(), 10u);
}

TEST(Routes, ThoseThatGrowAreForgottenToo) {
  Routes routes(1'000'000, 30'000);
  for (int i = 0; i < 50; ++i) routes.find("t/" + std::to_string(i), SourceId::owner).value();
  EXPECT_EQ(routes.forgotten(), 0u);
  std::vector<Somebody> all(1000);
  for (Somebody& each : all) routes.subscribe("t/#", each, QoS::at_most_once);
  EXPECT_EQ(receivers(routes, "t/1").size(), 1000u);
  EXPECT_EQ(receivers(routes, "t/2").size(), 1000u);
  EXPECT_GT(routes.forgotten(), 0u);
  EXPECT_LE(routes.cached_bytes(), 30'000u);
}

}  // namespace
}  // namespace fescue::mqtt_server
