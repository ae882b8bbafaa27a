// Matches of the specification's examples, and agreement with mqtt_matches() on random topics.
#include "mqtt/subscription_tree.h"

#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::mqtt {
namespace {

using testing::ElementsAre;

std::set<int> matches(const SubscriptionTree<int>& tree, std::string_view topic) {
  std::set<int> found;
  tree.match(topic, [&](int subscriber, QoS) { found.insert(subscriber); });
  return found;
}

bool match(std::string_view filter, std::string_view topic) {
  SubscriptionTree<int> tree;
  tree.set(filter, 1, QoS::at_most_once);
  return !matches(tree, topic).empty();
}

TEST(SubscriptionTree, MatchesAsTheSpecificationSays) {
  EXPECT_TRUE(match("a/b", "a/b"));
  EXPECT_FALSE(match("a/b", "a/B"));
  EXPECT_FALSE(match("a/b", "a"));
  EXPECT_FALSE(match("a", "a/b"));
  EXPECT_TRUE(match("sport/tennis/player1/#", "sport/tennis/player1"));
  EXPECT_TRUE(match("sport/tennis/player1/#", "sport/tennis/player1/ranking"));
  EXPECT_TRUE(match("sport/#", "sport/"));
  EXPECT_TRUE(match("#", "a/b/c"));
  EXPECT_TRUE(match("#", "/"));
  EXPECT_TRUE(match("sport/tennis/+", "sport/tennis/player1"));
  EXPECT_FALSE(match("sport/tennis/+", "sport/tennis/player1/ranking"));
  EXPECT_FALSE(match("sport/+", "sport"));
  EXPECT_TRUE(match("sport/+", "sport/"));
  EXPECT_TRUE(match("+/+", "/finance"));
  EXPECT_TRUE(match("/+", "/finance"));
  EXPECT_FALSE(match("+", "/finance"));
  EXPECT_TRUE(match("+/#", "a"));
  EXPECT_TRUE(match("a/+/c/#", "a//c"));
}

TEST(SubscriptionTree, FirstLevelWildcardsSkipDollarTopics) {
  EXPECT_FALSE(match("#", "$SYS/x"));
  EXPECT_FALSE(match("+/x", "$SYS/x"));
  EXPECT_TRUE(match("$SYS/#", "$SYS/x"));
  EXPECT_TRUE(match("$SYS/+", "$SYS/x"));
  EXPECT_TRUE(match("$SYS/#", "$SYS"));
  EXPECT_TRUE(match("a/+", "a/$x"));
  EXPECT_TRUE(match("a/#", "a/$x"));
}

TEST(SubscriptionTree, ASubscriberMayHoldManyFilters) {
  SubscriptionTree<int> tree;
  EXPECT_TRUE(tree.set("a/#", 1, QoS::at_most_once));
  EXPECT_TRUE(tree.set("a/b", 1, QoS::at_least_once));
  EXPECT_TRUE(tree.set("a/b", 2, QoS::at_most_once));
  EXPECT_EQ(tree.size(), 3u);
  std::multiset<int> visits;
  tree.match("a/b", [&](int subscriber, QoS) { visits.insert(subscriber); });
  EXPECT_THAT(visits, ElementsAre(1, 1, 2));
}

TEST(SubscriptionTree, SubscribingAgainChangesTheQoS) {
  SubscriptionTree<int> tree;
  EXPECT_TRUE(tree.set("a", 1, QoS::at_most_once));
  EXPECT_FALSE(tree.set("a", 1, QoS::at_least_once));
  EXPECT_EQ(tree.size(), 1u);
  tree.match("a", [](int, QoS qos) { EXPECT_EQ(qos, QoS::at_least_once); });
}

TEST(SubscriptionTree, ErasesWhatIsThereAndNothingElse) {
  SubscriptionTree<int> tree;
  tree.set("a/b/c", 1, QoS::at_most_once);
  tree.set("a/b", 1, QoS::at_most_once);
  EXPECT_FALSE(tree.erase("a/b/c", 2));
  EXPECT_FALSE(tree.erase("a", 1));
  EXPECT_FALSE(tree.erase("x/y", 1));
  EXPECT_TRUE(tree.erase("a/b", 1));
  EXPECT_FALSE(tree.erase("a/b", 1));
  EXPECT_THAT(matches(tree, "a/b/c"), ElementsAre(1));
  EXPECT_TRUE(tree.erase("a/b/c", 1));
  EXPECT_TRUE(tree.empty());
}

/// The specification's rule, written down without a tree.
bool matches_by_rule(const std::vector<std::string>& filter, const std::vector<std::string>& topic) {
  if ((filter[0] == "+" || filter[0] == "#") && topic[0].starts_with('$')) return false;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] == "#") return topic.size() >= i;
    if (i >= topic.size() || (filter[i] != "+" && filter[i] != topic[i])) return false;
  }
  return filter.size() == topic.size();
}

std::string joined(const std::vector<std::string>& levels) {
  std::string text = levels[0];
  for (std::size_t i = 1; i < levels.size(); ++i) text += "/" + levels[i];
  return text;
}

TEST(SubscriptionTree, AgreesWithTheRuleOnRandomTopics) {
  std::mt19937 random(4711);
  const std::vector<std::string> names = {"a", "b", "", "$x", "+", "#"};
  const auto levels = [&](std::size_t choices) {
    std::vector<std::string> made(1 + random() % 4);
    for (auto& level : made) level = names[random() % choices];
    return made;
  };
  SubscriptionTree<int> tree;
  std::vector<std::vector<std::string>> filters;
  std::vector<bool> held;
  for (int round = 0; round < 3000; ++round) {
    auto filter = levels(6);
    for (std::size_t i = 0; i + 1 < filter.size(); ++i) {
      if (filter[i] == "#") filter[i] = "+";
    }
    tree.set(joined(filter), static_cast<int>(filters.size()), QoS::at_most_once);
    filters.push_back(filter);
    held.push_back(true);
    const std::size_t victim = random() % filters.size();
    EXPECT_EQ(tree.erase(joined(filters[victim]), static_cast<int>(victim)), held[victim]);
    held[victim] = false;
    const auto topic = levels(4);
    std::set<int> expected;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if (held[i] && matches_by_rule(filters[i], topic)) expected.insert(static_cast<int>(i));
    }
    ASSERT_EQ(matches(tree, joined(topic)), expected) << joined(topic);
  }
}

}  // namespace
}  // namespace fescue::mqtt
