// Topics that the cloud hangs up on are remembered, and forgotten in time.
#include "uplink/refused_topics.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using namespace std::chrono_literals;

const SteadyTime kStart = SteadyTime() + 1h;
const Endpoint kSource = Endpoint::shadow(), kOther = Endpoint::cloud();

Topic topic(std::string_view text) { return Topic::parse(text).value(); }

TEST(RefusedTopics, ATopicIsRefusedForAWhile) {
  RefusedTopics refused;
  EXPECT_FALSE(refused.refuses(kSource, topic("a"), kStart));
  refused.refuse(kSource, topic("a"), kStart);
  EXPECT_TRUE(refused.refuses(kSource, topic("a"), kStart));
  EXPECT_FALSE(refused.refuses(kSource, topic("b"), kStart));
  EXPECT_FALSE(refused.refuses(kOther, topic("a"), kStart));
  EXPECT_FALSE(refused.refuses(kSource, topic("a"), kStart + RefusedTopics::kMemory));
}

TEST(RefusedTopics, OfASourceWithSeveralOnlyWhatTheCloudHasTakenPasses) {
  RefusedTopics refused;
  refused.accept(topic("good"));
  for (std::size_t i = 0; i < RefusedTopics::kMaxTopicsOfSource; ++i) {
    EXPECT_FALSE(refused.refuses(kSource, topic("new"), kStart));
    refused.refuse(kSource, topic("bad/" + std::to_string(i)), kStart);
  }
  EXPECT_TRUE(refused.refuses(kSource, topic("new"), kStart));
  EXPECT_FALSE(refused.refuses(kSource, topic("good"), kStart));
  EXPECT_FALSE(refused.refuses(kOther, topic("new"), kStart));
  EXPECT_FALSE(refused.refuses(kSource, topic("new"), kStart + RefusedTopics::kMemory));
}

TEST(RefusedTopics, TheMemoryIsBounded) {
  RefusedTopics refused;
  for (std::size_t i = 0; i <= RefusedTopics::kMaxTopics; ++i) {
    refused.refuse(kSource, topic("bad/" + std::to_string(i)), kStart);
    refused.accept(topic("good/" + std::to_string(i)));
  }
  EXPECT_FALSE(refused.refuses(kSource, topic("bad/0"), kStart));
  EXPECT_TRUE(refused.refuses(kSource, topic("bad/1000"), kStart));
}

}  // namespace
}  // namespace fescue
