// Memory of bodies, by origin and in all.
#include "sys/http/body_budget.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart = SteadyTime() + 1h;

TEST(BodyBudget, AnOriginHasItsLimitAndAllHaveTheirs) {
  const BodyBudget budget({.of_origin = 100, .in_all = 150});
  BodyBudget::Share a = budget.open("uid 1", kStart), b = budget.open("uid 1", kStart),
                    c = budget.open("uid 2", kStart);
  EXPECT_TRUE(a.grow_to(60, kStart));
  EXPECT_FALSE(b.grow_to(41, kStart));
  EXPECT_TRUE(b.grow_to(40, kStart));
  EXPECT_FALSE(c.grow_to(51, kStart));
  EXPECT_TRUE(c.grow_to(50, kStart));
  EXPECT_EQ(budget.held(), 150U);
  EXPECT_EQ(budget.refused(), 2U);
}

TEST(BodyBudget, ARefusedGrowthChangesNothing) {
  const BodyBudget budget({.of_origin = 100, .in_all = 100});
  BodyBudget::Share share = budget.open("uid 1", kStart);
  EXPECT_TRUE(share.grow_to(80, kStart));
  EXPECT_FALSE(share.grow_to(101, kStart));
  EXPECT_EQ(budget.held(), 80U);
  EXPECT_TRUE(share.grow_to(100, kStart));
}

TEST(BodyBudget, WhatIsReleasedDestroyedOrAssignedOverComesBack) {
  const BodyBudget budget({.of_origin = 100, .in_all = 100});
  BodyBudget::Share share = budget.open("uid 1", kStart);
  EXPECT_TRUE(share.grow_to(100, kStart));
  share.release();
  EXPECT_EQ(budget.held(), 0U);
  {
    BodyBudget::Share other = budget.open("uid 2", kStart);
    EXPECT_TRUE(other.grow_to(70, kStart));
    share = std::move(other);
  }
  EXPECT_EQ(budget.held(), 70U);
  share = BodyBudget::Share();
  EXPECT_EQ(budget.held(), 0U);
}

TEST(BodyBudget, ASharesBooksOutliveTheBudget) {
  BodyBudget::Share share;
  {
    const BodyBudget budget({.of_origin = 10, .in_all = 10});
    share = budget.open("uid 1", kStart);
    EXPECT_TRUE(share.grow_to(10, kStart));
  }
  EXPECT_FALSE(share.grow_to(11, kStart));
}

TEST(BodyBudget, TheReserveIsForOriginsThatHoldLittle) {
  const BodyBudget budget({.of_origin = 80, .in_all = 100, .reserve = 10});
  BodyBudget::Share a = budget.open("uid 1", kStart), b = budget.open("uid 2", kStart),
                    c = budget.open("uid 3", kStart);
  EXPECT_TRUE(a.grow_to(80, kStart));
  EXPECT_TRUE(b.grow_to(20, kStart));
  EXPECT_FALSE(b.grow_to(21, kStart));
  EXPECT_FALSE(c.grow_to(11, kStart));
  EXPECT_TRUE(c.grow_to(10, kStart));
}

/// Two bodies that fill the budget of their origin, and what came of them.
struct SlowBodies : testing::Test {
  SlowBodies() {
    first.may_give_way([this] { gone += "first "; });
    second.may_give_way([this] { gone += "second "; });
    EXPECT_TRUE(first.grow_to(50, kStart) && second.grow_to(50, kStart + 1s));
  }
  const BodyBudget budget{{.of_origin = 100, .in_all = 130}};
  BodyBudget::Share first = budget.open("uid 1", kStart), second = budget.open("uid 1", kStart + 1s);
  std::string gone;
};

TEST_F(SlowBodies, NobodyGivesWayBeforeItIsLate) {
  BodyBudget::Share third = budget.open("uid 1", kStart + 3s);
  EXPECT_FALSE(third.grow_to(1, kStart + 3s));
  EXPECT_EQ(gone, "");
  EXPECT_EQ(budget.refused(), 1U);
}

TEST_F(SlowBodies, TheOneThatIsLateForLongestGivesWay) {
  BodyBudget::Share third = budget.open("uid 1", kStart + 9s);
  EXPECT_TRUE(third.grow_to(50, kStart + 9s));
  EXPECT_EQ(gone, "first ");
  EXPECT_EQ(first.held(), 0U);
  EXPECT_TRUE(third.grow_to(100, kStart + 9s));
  EXPECT_EQ(gone, "first second ");
  EXPECT_EQ(budget.held(), 100U);
  EXPECT_EQ(budget.gave_way(), 2U);
}

TEST_F(SlowBodies, AByteNowAndThenIsNoProgress) {
  for (auto now = kStart; now < kStart + 9s; now += 100ms) {
    first.progressed(1, now);
    second.progressed(BodyBudget::kSlowestRate / 10, now);
  }
  BodyBudget::Share third = budget.open("uid 1", kStart + 9s);
  EXPECT_TRUE(third.grow_to(50, kStart + 9s));
  EXPECT_EQ(gone, "first ");
  EXPECT_FALSE(third.grow_to(51, kStart + 9s)) << "who is fast enough stays";
}

TEST_F(SlowBodies, WhoWasFastHasNoCreditForLater) {
  first.progressed(100 * BodyBudget::kSlowestRate, kStart + 1s);
  second.may_give_way(nullptr);
  BodyBudget::Share third = budget.open("uid 1", kStart + 4s);
  EXPECT_FALSE(third.grow_to(50, kStart + 4s));
  EXPECT_TRUE(third.grow_to(50, kStart + 5s));
  EXPECT_EQ(gone, "first ");
}

TEST_F(SlowBodies, WithinItsOwnOriginBeforeOthersAndForAllWhenAllIsFull) {
  BodyBudget::Share other = budget.open("uid 2", kStart + 9s);
  EXPECT_TRUE(other.grow_to(30, kStart + 9s));
  EXPECT_EQ(gone, "");
  EXPECT_TRUE(other.grow_to(31, kStart + 9s));
  EXPECT_EQ(gone, "first ");
  second.release();
  BodyBudget::Share late = budget.open("uid 1", kStart + 9s);
  EXPECT_FALSE(late.grow_to(101, kStart + 60s)) << "another's room is of no use beyond what an origin may have";
}

TEST(BodyBudget, WithoutOneNothingIsLimited) { EXPECT_TRUE(BodyBudget::Share().grow_to(1 << 30, kStart)); }

}  // namespace
}  // namespace fescue
