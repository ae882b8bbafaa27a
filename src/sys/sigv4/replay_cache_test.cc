// A signature is good once.
#include "sys/sigv4/replay_cache.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using std::chrono::seconds;

const SteadyTime kStart = SteadyTime() + std::chrono::hours(1);

TEST(ReplayCache, ASignatureIsGoodOnce) {
  ReplayCache cache;
  EXPECT_TRUE(cache.admit("a", "uid 0", kStart));
  EXPECT_TRUE(cache.admit("b", "uid 0", kStart));
  EXPECT_FALSE(cache.admit("a", "uid 0", kStart + seconds(3)));
  EXPECT_FALSE(cache.admit("a", "uid 0", kStart + seconds(600)));
  EXPECT_EQ(cache.refused(), 2U);
}

TEST(ReplayCache, NobodyElseMayUseIt) {
  ReplayCache cache;
  EXPECT_TRUE(cache.admit("a", "uid 0", kStart));
  EXPECT_FALSE(cache.admit("a", "uid 998", kStart));
}

TEST(ReplayCache, ItsSenderMaySendItAgainForAMoment) {
  ReplayCache cache;
  EXPECT_TRUE(cache.admit("a", "uid 0", kStart));
  EXPECT_TRUE(cache.admit("a", "uid 0", kStart + seconds(1)));
  EXPECT_TRUE(cache.admit("a", "uid 0", kStart + seconds(2)));
  EXPECT_FALSE(cache.admit("a", "uid 0", kStart + seconds(3))) << "a resend does not make the moment longer";
}

TEST(ReplayCache, IsBoundedInTimeAndSize) {
  ReplayCache cache;
  for (std::size_t i = 0; i < ReplayCache::kMaxEntries + 10; ++i) {
    EXPECT_TRUE(cache.admit(std::to_string(i), "uid 0", kStart));
  }
  EXPECT_EQ(cache.size(), ReplayCache::kMaxEntries);
  EXPECT_TRUE(cache.admit("new", "uid 0", kStart + seconds(602)));
  EXPECT_EQ(cache.size(), 1U);
}

}  // namespace
}  // namespace fescue
