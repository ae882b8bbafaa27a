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
  bool may_set(std::string_view on, std::size_t bytes, std::string_view publisher) {
    const auto done = retained.set(topic(on), std::string(bytes, 'x'), QoS::at_most_once, kNow, publisher);
    if (!done) {
      EXPECT_EQ(done.error().code(), Code::resource_exhausted);
    }
    return bool(done);
  }
  static constexpr RetainedLimits kLimits{
      .topics = 4, .bytes = 100, .topics_of_publisher = 2, .bytes_of_publisher = 40};
  RetainedMessages retained{kLimits};
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

TEST_F(RetainedTest, ABoundOnBytesIsAlsoOnTopics) {
  EXPECT_TRUE(may_set("aa", 48, ""));
  EXPECT_TRUE(may_set("bb", 46, ""));
  EXPECT_EQ(retained.bytes(), 98u);
  EXPECT_FALSE(may_set("cc", 1, ""));
  EXPECT_TRUE(may_set("c", 1, ""));
  EXPECT_FALSE(may_set("aa", 49, "")) << "it would grow";
  EXPECT_TRUE(may_set("aa", 40, ""));
  EXPECT_TRUE(may_set("dd", 6, ""));
  EXPECT_EQ(retained.bytes(), 100u);
  EXPECT_FALSE(may_set("dd", 7, ""));
  EXPECT_EQ(retained.find("dd")->payload.size(), 6u) << "nothing has changed";
}

TEST_F(RetainedTest, OnePublisherLeavesRoomForTheOthers) {
  EXPECT_TRUE(may_set("a", 1, "flood"));
  EXPECT_TRUE(may_set("b", 1, "flood"));
  EXPECT_FALSE(may_set("c", 1, "flood")) << "two topics each";
  EXPECT_FALSE(may_set("b", 38, "flood")) << "and 40 bytes";
  EXPECT_TRUE(may_set("b", 37, "flood"));
  EXPECT_TRUE(may_set("c", 30, "other"));
  EXPECT_TRUE(may_set("d", 20, "")) << "the owner has all there is";
}

TEST_F(RetainedTest, AMessageCountsOnWhoSaidItLast) {
  EXPECT_TRUE(may_set("a", 39, "one"));
  EXPECT_FALSE(may_set("b", 1, "one"));
  EXPECT_TRUE(may_set("a", 1, "other"));
  EXPECT_TRUE(may_set("b", 39, "one"));
  EXPECT_TRUE(may_set("b", 0, "whoever removes it"));
  EXPECT_TRUE(may_set("c", 39, "one"));
}

TEST_F(RetainedTest, WhatIsRestoredCounts) {
  retained.restore({{"a", {std::string(39, 'x'), QoS::at_most_once, kNow, "one"}}}, nullptr);
  EXPECT_EQ(retained.bytes(), 40u);
  EXPECT_FALSE(may_set("b", 1, "one"));
  EXPECT_TRUE(may_set("b", 1, "other"));
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
