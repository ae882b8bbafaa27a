// Who is admitted when one holds almost everything.
#include "base/fair_bound.h"

#include <string>

#include <gtest/gtest.h>

namespace fescue {
namespace {

constexpr FairBound<std::string>::Limits kLimits{.open = 10, .reserve = 4, .share = 2};

TEST(FairBound, IsFirstComeFirstServedUpToOpen) {
  FairBound<std::string> bound(kLimits);
  EXPECT_TRUE(bound.admits("greedy", 10));
  EXPECT_FALSE(bound.admits("greedy", 11));
  bound.take("greedy", 10);
  EXPECT_FALSE(bound.admits("greedy"));
  bound.give_back("greedy", 1);
  EXPECT_TRUE(bound.admits("greedy"));
}

TEST(FairBound, LeavesAShareToThoseWhoHoldLittle) {
  FairBound<std::string> bound(kLimits);
  bound.take("greedy", 10);
  EXPECT_FALSE(bound.admits("modest", 3));
  ASSERT_TRUE(bound.admits("modest", 2));
  bound.take("modest", 2);
  EXPECT_FALSE(bound.admits("modest"));
  bound.take("second", 2);
  EXPECT_FALSE(bound.admits("third"));  // the reserve is a bound, too
  bound.give_back("modest", 1);
  EXPECT_TRUE(bound.admits("third"));
  EXPECT_FALSE(bound.admits("greedy"));
}

TEST(FairBound, CountsWhatIsHeld) {
  FairBound<std::string> bound(kLimits);
  bound.take("a", 3);
  bound.take("b", 0);
  EXPECT_EQ(bound.total(), 3u);
  EXPECT_EQ(bound.held_by("a"), 3u);
  bound.give_back("a", 3);
  EXPECT_EQ(bound.total(), 0u);
  EXPECT_EQ(bound.held_by("a"), 0u);
}

}  // namespace
}  // namespace fescue
