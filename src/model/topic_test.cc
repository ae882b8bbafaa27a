// Which topics and filters there are, and one table of matches by both rules.
#include "model/topic.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TopicFilter filter(std::string_view text) { return TopicFilter::parse(text).value(); }
Topic topic(std::string_view text) { return Topic::parse(text).value(); }

TEST(Topic, RefusesWhatCannotBePublished) {
  for (std::string_view text : {"", "a/+", "a/#", "#", "a+b", "\xff"}) EXPECT_FALSE(Topic::parse(text)) << text;
  EXPECT_FALSE(Topic::parse(std::string("a\0b", 3)));
  EXPECT_FALSE(Topic::parse(std::string(257, 'a')));
  EXPECT_TRUE(Topic::parse(std::string(256, 'a')));
  EXPECT_TRUE(Topic::parse("/"));
}

TEST(TopicFilter, WildcardsFillWholeLevels) {
  for (std::string_view text : {"+", "#", "a/+/b", "+/+/#", "/#", "a//+"})
    EXPECT_TRUE(TopicFilter::parse(text)) << text;
  for (std::string_view text : {"", "a+", "+a", "a#", "#/a", "a/#/b", "a/##"})
    EXPECT_FALSE(TopicFilter::parse(text)) << text;
}

struct Case {
  std::string_view filter, topic;
  bool row, mqtt;
};

TEST(TopicFilter, MatchesByBothRules) {
  const Case cases[] = {
      {"a/b", "a/b", true, true},
      {"a/b", "a/B", false, false},
      {"a/b", "a/b/c", false, false},
      {"a/b/c", "a/b", false, false},
      {"+", "a", true, true},
      {"+", "a/b", false, false},
      {"a/+", "a/", true, true},
      {"a/+/c", "a//c", true, true},
      {"#", "a/b/c", true, true},
      {"sensor/#", "sensor/", true, true},
      {"sensor/#", "sensor/a/b", true, true},
      {"sensor/#", "sensor", false, true},  // V1 deviates from MQTT here
      {"sensor/+", "sensor", false, false},
      {"+/+", "/a", true, true},
      {"/+", "/a", true, true},
      {"#", "$aws/things", true, false},  // MQTT 4.7.2
      {"+/things", "$aws/things", true, false},
      {"$aws/#", "$aws/things", true, true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(row_matches(filter(c.filter), topic(c.topic)), c.row) << c.filter << " row " << c.topic;
    EXPECT_EQ(mqtt_matches(filter(c.filter), topic(c.topic)), c.mqtt) << c.filter << " mqtt " << c.topic;
  }
}

}  // namespace
}  // namespace fescue
