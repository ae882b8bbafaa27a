// Matches of MQTT's examples and of V1's rows, and agreement with both rules on random topics.
#include "model/topic_tree.h"

#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;

using MqttTree = TopicTree<TopicRule::mqtt, int, char>;
using RowTree = TopicTree<TopicRule::row, int>;

template <class Tree>
std::set<int> matches(const Tree& tree, std::string_view topic) {
  std::set<int> found;
  tree.match(topic, [&](int key, auto) { found.insert(key); });
  return found;
}

template <class Tree = MqttTree>
bool match(std::string_view filter, std::string_view topic) {
  Tree tree;
  tree.set(filter, 1);
  return !matches(tree, topic).empty();
}

TEST(TopicTree, MatchesAsMqttSays) {
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

TEST(TopicTree, FirstLevelWildcardsSkipDollarTopics) {
  EXPECT_FALSE(match("#", "$SYS/x"));
  EXPECT_FALSE(match("+/x", "$SYS/x"));
  EXPECT_TRUE(match("$SYS/#", "$SYS/x"));
  EXPECT_TRUE(match("$SYS/+", "$SYS/x"));
  EXPECT_TRUE(match("$SYS/#", "$SYS"));
  EXPECT_TRUE(match("a/+", "a/$x"));
  EXPECT_TRUE(match("a/#", "a/$x"));
}

TEST(TopicTree, RowsTakeAHashAsAtLeastOneLevelAndAnyFirstLevel) {
  EXPECT_FALSE(match<RowTree>("sensor/#", "sensor"));
  EXPECT_TRUE(match<RowTree>("sensor/#", "sensor/"));
  EXPECT_TRUE(match<RowTree>("sensor/#", "sensor/a/b"));
  EXPECT_TRUE(match<RowTree>("#", "$aws/things/x"));
  EXPECT_TRUE(match<RowTree>("+/things/x", "$aws/things/x"));
  EXPECT_FALSE(match<RowTree>("+", "/finance"));
}

TEST(TopicTree, AKeyMayHoldManyFilters) {
  MqttTree tree;
  EXPECT_TRUE(tree.set("a/#", 1, '0'));
  EXPECT_TRUE(tree.set("a/b", 1, '1'));
  EXPECT_TRUE(tree.set("a/b", 2, '0'));
  EXPECT_EQ(tree.size(), 3u);
  std::multiset<int> visits;
  tree.match("a/b", [&](int key, char) { visits.insert(key); });
  EXPECT_THAT(visits, ElementsAre(1, 1, 2));
}

TEST(TopicTree, SettingAgainChangesTheValue) {
  MqttTree tree;
  EXPECT_TRUE(tree.set("a", 1, '0'));
  EXPECT_FALSE(tree.set("a", 1, '1'));
  EXPECT_EQ(tree.size(), 1u);
  tree.match("a", [](int, char value) { EXPECT_EQ(value, '1'); });
}

TEST(TopicTree, ErasesWhatIsThereAndNothingElse) {
  MqttTree tree;
  tree.set("a/b/c", 1, '0');
  tree.set("a/b", 1, '0');
  EXPECT_FALSE(tree.erase("a/b/c", 2));
  EXPECT_FALSE(tree.erase("a", 1));
  EXPECT_FALSE(tree.erase("x/y", 1));
  EXPECT_TRUE(tree.erase("a/b", 1));
  EXPECT_FALSE(tree.erase("a/b", 1));
  EXPECT_THAT(matches(tree, "a/b/c"), ElementsAre(1));
  EXPECT_TRUE(tree.erase("a/b/c", 1));
  EXPECT_TRUE(tree.empty());
}

/// The two rules, written down without a tree.
bool matches_by(TopicRule rule, const std::vector<std::string>& filter, const std::vector<std::string>& topic) {
  const bool is_mqtt = rule == TopicRule::mqtt;
  if (is_mqtt && (filter[0] == "+" || filter[0] == "#") && topic[0].starts_with('$')) return false;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] == "#") return topic.size() >= i + (is_mqtt ? 0 : 1);
    if (i >= topic.size() || (filter[i] != "+" && filter[i] != topic[i])) return false;
  }
  return filter.size() == topic.size();
}

std::string joined(const std::vector<std::string>& levels) {
  std::string text = levels[0];
  for (std::size_t i = 1; i < levels.size(); ++i) text += "/" + levels[i];
  return text;
}

TEST(TopicTree, AgreesWithTheRulesOnRandomTopics) {
  std::mt19937 random(4711);
  const std::vector<std::string> names = {"a", "b", "", "$x", "+", "#"};
  const auto levels = [&](std::size_t choices) {
    std::vector<std::string> made(1 + random() % 4);
    for (auto& level : made) level = names[random() % choices];
    return made;
  };
  MqttTree tree;
  RowTree rows;
  std::vector<std::vector<std::string>> filters;
  std::vector<bool> held;
  for (int round = 0; round < 3000; ++round) {
    auto filter = levels(6);
    for (std::size_t i = 0; i + 1 < filter.size(); ++i) {
      if (filter[i] == "#") filter[i] = "+";
    }
    tree.set(joined(filter), static_cast<int>(filters.size()), '0');
    rows.set(joined(filter), static_cast<int>(filters.size()));
    filters.push_back(filter);
    held.push_back(true);
    const std::size_t victim = random() % filters.size();
    EXPECT_EQ(tree.erase(joined(filters[victim]), static_cast<int>(victim)), held[victim]);
    rows.erase(joined(filters[victim]), static_cast<int>(victim));
    held[victim] = false;
    const auto topic = levels(4);
    std::set<int> expected, expected_rows;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if (!held[i]) continue;
      if (matches_by(TopicRule::mqtt, filters[i], topic)) expected.insert(static_cast<int>(i));
      if (matches_by(TopicRule::row, filters[i], topic)) expected_rows.insert(static_cast<int>(i));
    }
    ASSERT_EQ(matches(rows, joined(topic)), expected_rows) << joined(topic);
    ASSERT_EQ(matches(tree, joined(topic)), expected) << joined(topic);
  }
}

}  // namespace
}  // namespace fescue
