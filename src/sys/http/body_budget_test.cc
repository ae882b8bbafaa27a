// Memory of bodies, by origin and in all.
#include "sys/http/body_budget.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(BodyBudget, AnOriginHasItsLimitAndAllHaveTheirs) {
  const BodyBudget budget({.of_origin = 100, .in_all = 150});
  BodyBudget::Share a = budget.open("uid 1"), b = budget.open("uid 1"), c = budget.open("uid 2");
  EXPECT_TRUE(a.grow_to(60));
  EXPECT_FALSE(b.grow_to(41));
  EXPECT_TRUE(b.grow_to(40));
  EXPECT_FALSE(c.grow_to(51));
  EXPECT_TRUE(c.grow_to(50));
  EXPECT_EQ(budget.held(), 150U);
  EXPECT_EQ(budget.refused(), 2U);
}

TEST(BodyBudget, ARefusedGrowthChangesNothing) {
  const BodyBudget budget({.of_origin = 100, .in_all = 100});
  BodyBudget::Share share = budget.open("uid 1");
  EXPECT_TRUE(share.grow_to(80));
  EXPECT_FALSE(share.grow_to(101));
  EXPECT_EQ(budget.held(), 80U);
  EXPECT_TRUE(share.grow_to(100));
}

TEST(BodyBudget, WhatIsReleasedDestroyedOrAssignedOverComesBack) {
  const BodyBudget budget({.of_origin = 100, .in_all = 100});
  BodyBudget::Share share = budget.open("uid 1");
  EXPECT_TRUE(share.grow_to(100));
  share.release();
  EXPECT_EQ(budget.held(), 0U);
  {
    BodyBudget::Share other = budget.open("uid 2");
    EXPECT_TRUE(other.grow_to(70));
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
    share = budget.open("uid 1");
    EXPECT_TRUE(share.grow_to(10));
  }
  EXPECT_FALSE(share.grow_to(11));
}

TEST(BodyBudget, WithoutOneNothingIsLimited) { EXPECT_TRUE(BodyBudget::Share().grow_to(1 << 30)); }

}  // namespace
}  // namespace fescue
