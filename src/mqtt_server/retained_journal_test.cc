// What a batch holds, whom its end answers, and what becomes of one that failed.
#include "mqtt_server/retained_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct RetainedJournalTest : testing::Test {
  StoreTicket put(std::string_view topic, std::string_view payload) {
    const RetainedMessage message{std::string(payload), mqtt::QoS::at_least_once, {}};
    return journal.note(topic, &message);
  }
  std::vector<std::string> begin() {
    std::vector<std::string> changes;
    for (const auto& [topic, change] : *journal.begin())
      changes.push_back(topic + (change ? "=" + change->payload : ""));
    return changes;
  }
  RetainedJournal journal{10};
};

TEST_F(RetainedJournalTest, ABatchHoldsTheLastChangeOfEachTopic) {
  EXPECT_TRUE(journal.empty());
  const StoreTicket ticket = put("a", "1");
  EXPECT_EQ(put("b", "2"), ticket);
  EXPECT_EQ(put("a", "3"), ticket);
  EXPECT_EQ(journal.note("b", nullptr), ticket);
  EXPECT_THAT(begin(), ElementsAre("a=3", "b"));
  EXPECT_TRUE(journal.empty());
  EXPECT_EQ(journal.end(true), ticket);
  EXPECT_TRUE(journal.empty());
}

TEST_F(RetainedJournalTest, WhatComesWhileABatchIsWrittenIsInTheNext) {
  const StoreTicket first = put("a", "1");
  begin();
  const StoreTicket second = put("a", "2");
  EXPECT_GT(second, first);
  EXPECT_EQ(journal.end(true), first);
  EXPECT_THAT(begin(), ElementsAre("a=2"));
  EXPECT_EQ(journal.end(true), second);
}

TEST_F(RetainedJournalTest, WhatFailedIsTriedAgainUnlessItHasChanged) {
  put("a", "1");
  put("b", "1");
  begin();
  put("b", "2");
  put("c", "2");
  journal.end(false);
  EXPECT_THAT(begin(), ElementsAre("a=1", "b=2", "c=2"));
}

TEST_F(RetainedJournalTest, ItsBytesAreBounded) {
  EXPECT_TRUE(journal.has_room(11)) << "alone, anything may";
  put("a", "1234");
  EXPECT_TRUE(journal.has_room(5));
  EXPECT_FALSE(journal.has_room(6));
  put("a", "12");
  EXPECT_TRUE(journal.has_room(7));
  EXPECT_FALSE(journal.has_room(8));
  begin();
  EXPECT_TRUE(journal.has_room(11));
  EXPECT_EQ(journal.waiting_bytes(), 3u);
  put("b", "1");
  journal.end(false);
  EXPECT_EQ(journal.waiting_bytes(), 5u);
  begin();
  journal.end(true);
  EXPECT_EQ(journal.waiting_bytes(), 0u);
}

}  // namespace
}  // namespace fescue
