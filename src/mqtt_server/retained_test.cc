// What is kept, found, replaced and refused.
#include "mqtt_server/retained.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using mqtt::QoS;
using testing::ElementsAre;
using testing::IsEmpty;

const WallTime kNow = from_epoch_milliseconds(1795377242000);

Topic topic(std::string_view text) { return Topic::parse(text).value(); }

struct RetainedTest : testing::Test {
  void set(std::string_view on, std::string_view payload) {
    ASSERT_TRUE(retained.set(topic(on), payload, QoS::at_least_once, kNow));
  }
  std::vector<std::string> matches(std::string_view filter) const {
    std::vector<std::string> out;
    retained.for_each_match(TopicFilter::parse(filter).value(), [&](const Topic& on, const RetainedMessage& m) {
      out.push_back(on.str() + "=" + m.payload);
    });
    return out;
  }
  RetainedMessages retained{4};
};

TEST_F(RetainedTest, KeepsTheLastOfEachTopic) {
  set("a", "1");
  set("a", "2");
  ASSERT_NE(retained.find("a"), nullptr);
  EXPECT_EQ(retained.find("a")->payload, "2");
  EXPECT_EQ(retained.find("a")->qos, QoS::at_least_once);
  EXPECT_EQ(retained.find("a")->modified, kNow);
  EXPECT_EQ(retained.find("b"), nullptr);
}

TEST_F(RetainedTest, AnEmptyPayloadRemoves) {
  set("a", "1");
  set("a", "");
  set("never", "");
  EXPECT_THAT(retained.all(), IsEmpty());
}

TEST_F(RetainedTest, FindsWhatAFilterMatches) {
  for (const char* each : {"a", "a/b", "a/b/c", "ab"}) set(each, "x");
  EXPECT_THAT(matches("a"), ElementsAre("a=x"));
  EXPECT_THAT(matches("a/#"), ElementsAre("a=x", "a/b=x", "a/b/c=x"));
  EXPECT_THAT(matches("a/+"), ElementsAre("a/b=x"));
  EXPECT_THAT(matches("+/b/#"), ElementsAre("a/b=x", "a/b/c=x"));
  EXPECT_THAT(matches("#"), ElementsAre("a=x", "a/b=x", "a/b/c=x", "ab=x"));
  EXPECT_THAT(matches("c/#"), IsEmpty());
}

TEST_F(RetainedTest, TopicsOfTheSystemKeepNothing) {
  set("$aws/things/t/shadow/update", "x");
  EXPECT_THAT(retained.all(), IsEmpty());
}

TEST_F(RetainedTest, TheirNumberIsBounded) {
  for (const char* each : {"a", "b", "c", "d"}) set(each, "x");
  const auto refused = retained.set(topic("e"), "x", QoS::at_most_once, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::resource_exhausted);
  set("d", "y");
  set("a", "");
  set("e", "x");
  EXPECT_EQ(retained.all().size(), 4u);
}

TEST_F(RetainedTest, WhoKeepsThemHearsOfEachChange) {
  std::vector<std::string> kept;
  retained.restore({{"a", {"old", QoS::at_most_once, kNow}}},
                   [&](std::string_view on, const RetainedMessage* message) -> StoreTicket {
                     kept.push_back(std::string(on) + (message ? "=" + message->payload : " removed"));
                     return kept.size();
                   });
  EXPECT_EQ(*retained.set(topic("b"), "new", QoS::at_most_once, kNow), 1u);
  EXPECT_EQ(*retained.set(topic("a"), "", QoS::at_most_once, kNow), 2u);
  EXPECT_EQ(*retained.set(topic("a"), "", QoS::at_most_once, kNow), 3u) << "its removal may not be stored yet";
  EXPECT_EQ(*retained.set(topic("$aws/x"), "x", QoS::at_most_once, kNow), 0u);
  EXPECT_THAT(kept, ElementsAre("b=new", "a removed", "a removed"));
}

}  // namespace
}  // namespace fescue
