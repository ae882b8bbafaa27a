// What is said about messages with routes, near misses and drops.
#include "engine/routing/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/routing/routing_test_support.h"

namespace fescue {
namespace {

using testing::ElementsAre;

Subscription row(std::string id, Endpoint source, std::string_view subject, Endpoint target) {
  return {std::move(id), std::move(source), TopicFilter::parse(subject).value(), std::move(target)};
}
std::vector<std::string> ids(const std::vector<Subscription>& rows) {
  std::vector<std::string> out;
  for (const Subscription& each : rows) out.push_back(each.id);
  return out;
}
std::vector<std::string> reasons(const Explanation& explanation) {
  std::vector<std::string> out;
  for (const NearMiss& miss : explanation.near_misses) out.push_back(miss.row.id + ": " + miss.why);
  return out;
}

TEST(Explain, NamesTheRowsThatMatchAndEachTargetOnce) {
  const RoutingTable table({row("1", Endpoint::cloud(), "in/+", function_endpoint("a", "1")),
                            row("2", Endpoint::cloud(), "in/#", function_endpoint("a", "1")),
                            row("3", Endpoint::cloud(), "in/x", function_endpoint("b", "1")),
                            row("4", Endpoint::cloud(), "out", function_endpoint("b", "1"))});
  const Explanation found = explain(table, Endpoint::cloud(), topic("in/x"), {});
  EXPECT_THAT(ids(found.rows), ElementsAre("1", "2", "3"));
  EXPECT_THAT(found.targets, ElementsAre(function_endpoint("a", "1"), function_endpoint("b", "1")));
  EXPECT_TRUE(found.near_misses.empty());
}

TEST(Explain, SaysInWhatTheNearestRowsDiffer) {
  const RoutingTable table({row("1", function_endpoint("a", "2"), "in/x", Endpoint::cloud()),
                            row("2", Endpoint::cloud(), "in/+", function_endpoint("a", "2")),
                            row("3", function_endpoint("a", "3"), "in/y", Endpoint::cloud()),
                            row("4", Endpoint::cloud(), "other", function_endpoint("a", "2"))});
  const Explanation found = explain(table, function_endpoint("a", "3"), topic("in/x"), {});
  EXPECT_TRUE(found.targets.empty());
  EXPECT_THAT(reasons(found), ElementsAre("1: its source is version 2 of the function, not 3", "2: its source is cloud",
                                          "3: its filter in/y does not match the topic"));
}

TEST(Explain, TellsOfV1sHashThatDoesNotMatchItsParent) {
  const RoutingTable table({row("1", Endpoint::cloud(), "sensor/#", function_endpoint("a", "1"))});
  EXPECT_THAT(reasons(explain(table, Endpoint::cloud(), topic("sensor"), {})),
              ElementsAre("1: its filter sensor/# needs at least one level after sensor"));
}

TEST(Explain, CountsDropsOfThisMessageAndOfItsSource) {
  const RememberedDrops drops{{{Endpoint::cloud(), topic("a")}, 3},
                              {{Endpoint::cloud(), topic("b")}, 1},
                              {{Endpoint::cloud(), topic("c")}, 7},
                              {{function_endpoint("f", "1"), topic("a")}, 9}};
  const Explanation found = explain(RoutingTable(), Endpoint::cloud(), topic("a"), drops);
  EXPECT_EQ(found.dropped, 3u);
  ASSERT_EQ(found.other_drops.size(), 2u);
  EXPECT_EQ(found.other_drops[0].topic, topic("c"));
  EXPECT_EQ(found.other_drops[0].count, 7u);
  EXPECT_EQ(found.other_drops[1].topic, topic("b"));
}

TEST(Explain, ListsAreBounded) {
  std::vector<Subscription> rows;
  RememberedDrops drops;
  for (std::size_t i = 0; i < 2 * kMaxListed; ++i) {
    rows.push_back(row(std::to_string(i), Endpoint::cloud(), "row/" + std::to_string(i), function_endpoint("a", "1")));
    drops[{Endpoint::cloud(), topic("drop/" + std::to_string(i))}] = i + 1;
  }
  const Explanation found = explain(RoutingTable(rows), Endpoint::cloud(), topic("x"), drops);
  EXPECT_EQ(found.near_misses.size(), kMaxListed);
  ASSERT_EQ(found.other_drops.size(), kMaxListed);
  EXPECT_EQ(found.other_drops.front().count, 2 * kMaxListed);
}

}  // namespace
}  // namespace fescue
