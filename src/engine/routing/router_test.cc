// Routes of given rows, agreement with row_matches() on random ones, and what the dispatcher makes of full targets.
#include "engine/routing/router.h"

#include <algorithm>
#include <random>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/routing/dispatcher.h"
#include "engine/routing/routing_test_support.h"

namespace fescue {
namespace {

using testing::ElementsAre;

TopicFilter filter(std::string_view text) { return TopicFilter::parse(text).value(); }
Message message(const Endpoint& source, std::string_view on, std::string payload = "x") {
  return {source, topic(on), Payload(std::move(payload))};
}

std::vector<std::string> ids(const std::vector<const Subscription*>& rows) {
  std::vector<std::string> out;
  for (const Subscription* row : rows) out.push_back(row->id);
  return out;
}

TEST(RoutingTable, RowsAllowBySourceAndTopic) {
  const RoutingTable table({{"1", Endpoint::cloud(), filter("in/+"), function_endpoint("a")},
                            {"2", function_endpoint("a"), filter("in/x"), Endpoint::cloud()},
                            {"3", Endpoint::cloud(), filter("in/#"), function_endpoint("b")},
                            {"4", Endpoint::cloud(), filter("in/x"), function_endpoint("a")}});
  EXPECT_THAT(ids(table.matching_rows(Endpoint::cloud(), topic("in/x"))), ElementsAre("1", "3", "4"));
  EXPECT_THAT(ids(table.matching_rows(function_endpoint("a"), topic("in/x"))), ElementsAre("2"));
  EXPECT_TRUE(table.matching_rows(function_endpoint("b"), topic("in/x")).empty());
  EXPECT_TRUE(table.matching_rows(Endpoint::cloud(), topic("in")).empty());
}

TEST(RoutingTable, AReplacedVersionSpeaksAsItsSuccessor) {
  const auto version = [](std::string_view name, std::string_view qualifier) {
    return Endpoint::function(FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), name, qualifier));
  };
  const RoutingTable table({{"1", version("a", "2"), filter("out"), Endpoint::cloud()},
                            {"2", Endpoint::cloud(), filter("in"), version("b", "1")}});
  EXPECT_THAT(ids(table.matching_rows(version("a", "1"), topic("out"))), ElementsAre("1"));
  EXPECT_TRUE(table.matching_rows(version("a", "1"), topic("other")).empty());
  EXPECT_TRUE(table.matching_rows(version("b", "1"), topic("out")).empty());
}

TEST(RoutingTable, ATargetIsNamedOnce) {
  const RoutingTable table({{"1", Endpoint::cloud(), filter("#"), function_endpoint("a")},
                            {"2", Endpoint::cloud(), filter("in/x"), function_endpoint("a")}});
  EXPECT_EQ(table.route(Endpoint::cloud(), topic("in/x")).size(), 1u);
}

TEST(RoutingTable, CloudFiltersAreNamedOnce) {
  const std::vector<Subscription> rows = {{"1", Endpoint::cloud(), filter("b"), function_endpoint("a")},
                                          {"2", Endpoint::cloud(), filter("b"), function_endpoint("b")},
                                          {"3", function_endpoint("a"), filter("c"), Endpoint::cloud()}};
  EXPECT_THAT(cloud_filters(rows), ElementsAre(filter("b")));
}

/// The trie against the plain definition of a match, on random filters and topics over a tiny alphabet.
TEST(RoutingTable, AgreesWithRowMatches) {
  std::mt19937 random(1);
  const auto text = [&](bool wild) {
    std::string out;
    const int levels = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < levels; ++i) {
      if (i > 0) out += '/';
      const auto roll = random() % (wild ? 6 : 4);
      if (roll == 5 && i == levels - 1) {
        out += '#';
      } else {
        out += roll >= 4 ? "+" : roll == 3 ? "" : roll == 2 ? "b" : "a";
      }
    }
    return out.empty() ? std::string("a") : out;
  };
  std::vector<Subscription> rows;
  for (int i = 0; i < 200; ++i)
    rows.push_back({std::to_string(i), Endpoint::cloud(), filter(text(true)), function_endpoint("a")});
  const RoutingTable table(rows);
  for (int i = 0; i < 2000; ++i) {
    const Topic on = topic(text(false));
    std::vector<std::string> expected;
    for (const Subscription& row : rows) {
      if (row_matches(row.subject, on)) expected.push_back(row.id);
    }
    ASSERT_EQ(ids(table.matching_rows(Endpoint::cloud(), on)), expected) << on;
  }
}

class Box : public MessageTarget {
 public:
  explicit Box(std::size_t room) : room_(room) {}
  bool has_room(const Endpoint&, const Message&) const override { return got.size() < room_; }
  void deliver(const Endpoint& target, const Message& message) override {
    got.push_back(target.str() + "=" + std::string(message.payload.view()));
  }
  std::vector<std::string> got;

 private:
  std::size_t room_;
};

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() {
    dispatcher_.set_target(EndpointKind::cloud, cloud_);
    dispatcher_.set_target(EndpointKind::function, functions_);
    dispatcher_.set_table(std::make_shared<const RoutingTable>(
        std::vector<Subscription>{{"1", function_endpoint("a"), filter("out"), Endpoint::cloud()},
                                  {"2", function_endpoint("a"), filter("out"), function_endpoint("b")},
                                  {"3", function_endpoint("a"), filter("shadow"), Endpoint::shadow()}}));
  }

  std::vector<std::string> first_drops_;
  Dispatcher dispatcher_{
      [this](const Endpoint& source, const Topic& on) { first_drops_.push_back(source.str() + " " + on.str()); }};
  Box cloud_{2};
  Box functions_{1};
};

TEST_F(DispatcherTest, DeliversToEveryTarget) {
  EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("a"), "out", "hi"), QueueFullPolicy::best_effort));
  EXPECT_THAT(cloud_.got, ElementsAre("cloud=hi"));
  EXPECT_THAT(functions_.got, ElementsAre(function_endpoint("b").str() + "=hi"));
  EXPECT_EQ(dispatcher_.counters().delivered, 2u);
}

TEST_F(DispatcherTest, FunctionsAndDevicesDoNotSpeakOnReservedTopics) {
  dispatcher_.set_table(std::make_shared<const RoutingTable>(
      std::vector<Subscription>{{"1", function_endpoint("a"), filter("#"), Endpoint::cloud()},
                                {"2", Endpoint::cloud(), filter("#"), function_endpoint("a")}}));
  std::vector<std::string> refused;
  dispatcher_.on_reserved([&](const Message& message) { refused.push_back(message.topic.str()); });
  for (const char* reserved : {"$fescue/cores/c/hello", "$aws/events/x"}) {
    for (const auto policy : {QueueFullPolicy::best_effort, QueueFullPolicy::all_or_error}) {
      const auto said = dispatcher_.publish(message(function_endpoint("a"), reserved), policy);
      EXPECT_EQ(said.error().code(), Code::permission_denied);
    }
  }
  EXPECT_THAT(cloud_.got, ElementsAre());
  EXPECT_THAT(refused, ElementsAre("$fescue/cores/c/hello", "$fescue/cores/c/hello", "$aws/events/x", "$aws/events/x"));
  EXPECT_EQ(dispatcher_.counters().reserved, 4u);
  EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("a"), "$aws/things/t/shadow/update"),
                                  QueueFullPolicy::best_effort));
  EXPECT_TRUE(dispatcher_.publish(message(Endpoint::cloud(), "$aws/things/t/shadow/update/accepted"),
                                  QueueFullPolicy::best_effort));
  EXPECT_EQ(cloud_.got.size(), 1u);
  EXPECT_EQ(functions_.got.size(), 1u);
}

TEST_F(DispatcherTest, AllOrErrorGivesToAllOrNone) {
  EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("a"), "out"), QueueFullPolicy::all_or_error));
  const auto refused = dispatcher_.publish(message(function_endpoint("a"), "out"), QueueFullPolicy::all_or_error);
  EXPECT_EQ(refused.error().code(), Code::resource_exhausted);
  EXPECT_EQ(cloud_.got.size(), 1u) << "the cloud had room, but function b had none";
}

TEST_F(DispatcherTest, BestEffortSkipsTheFullOnes) {
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("a"), "out"), QueueFullPolicy::best_effort));
  EXPECT_EQ(cloud_.got.size(), 2u);
  EXPECT_EQ(functions_.got.size(), 1u);
  EXPECT_EQ(dispatcher_.counters().no_room, 1u);
}

TEST_F(DispatcherTest, AFullTargetIsReportedOnceUntilItHasRoomAgain) {
  std::vector<std::string> reported;
  dispatcher_.on_full([&](const Endpoint& target, const Message& dropped) {
    reported.push_back(target.str() + " " + std::string(dropped.payload.view()));
  });
  const auto say = [&](const std::string& text) {
    EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("a"), "out", text), QueueFullPolicy::best_effort));
  };
  for (const char* text : {"1", "2", "3", "4"}) say(text);
  EXPECT_THAT(reported, ElementsAre(function_endpoint("b").str() + " 2", "cloud 3"));
  functions_.got.clear();
  for (const char* text : {"5", "6", "7"}) say(text);
  EXPECT_THAT(reported,
              ElementsAre(function_endpoint("b").str() + " 2", "cloud 3", function_endpoint("b").str() + " 6"));
}

TEST_F(DispatcherTest, AKindWithoutTargetHasNoRoom) {
  EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("a"), "shadow"), QueueFullPolicy::best_effort));
  EXPECT_EQ(dispatcher_.counters().no_room, 1u);
  EXPECT_FALSE(dispatcher_.publish(message(function_endpoint("a"), "shadow"), QueueFullPolicy::all_or_error));
}

TEST_F(DispatcherTest, DropsAreCountedAndReportedOnce) {
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("b"), "out"), QueueFullPolicy::all_or_error));
  EXPECT_EQ(first_drops_.size(), 1u);
  EXPECT_EQ(dispatcher_.counters().no_route, 3u);
  EXPECT_EQ(dispatcher_.drops().begin()->second, 3u);
}

TEST_F(DispatcherTest, TellsItsCountsInStatusAndMetrics) {
  EXPECT_TRUE(dispatcher_.publish(message(function_endpoint("b"), "out"), QueueFullPolicy::best_effort));
  boost::json::object status;
  dispatcher_.add_status(status);
  EXPECT_EQ(status["messages"].at("no_route"), 1);
  EXPECT_EQ(status["messages"].at("drops_remembered"), 1);
  MetricsText metrics;
  dispatcher_.add_metrics(metrics);
  EXPECT_THAT(metrics.take(), testing::HasSubstr("# TYPE fescue_messages_dropped_total counter\n"
                                                 "fescue_messages_dropped_total{cause=\"no_route\"} 1\n"));
}

TEST_F(DispatcherTest, RememberedDropsAreBounded) {
  for (std::size_t i = 0; i < Dispatcher::kMaxRememberedDrops + 5; ++i) {
    EXPECT_TRUE(
        dispatcher_.publish(message(function_endpoint("b"), "t" + std::to_string(i)), QueueFullPolicy::best_effort));
  }
  EXPECT_EQ(dispatcher_.drops().size(), Dispatcher::kMaxRememberedDrops);
  EXPECT_EQ(dispatcher_.counters().no_route, Dispatcher::kMaxRememberedDrops + 5);
}

}  // namespace
}  // namespace fescue
