// Who is closed for whom, and what a caller keeps whatever others do.
#include "sys/net/caller_quota.h"

#include <vector>

#include <gtest/gtest.h>

namespace fescue {
namespace {

class CallerQuotaTest : public testing::Test {
 protected:
  using Held = std::shared_ptr<CallerQuota::Place>;

  Held take(const std::string& origin, const std::string& name) {
    Held place = quota.take(origin);
    if (place) place->on_close([this, name] { closed.push_back(name); });
    return place;
  }

  CallerQuota quota{{.of_origin = 2, .of_caller = 2, .in_all = 5}};
  std::vector<std::string> closed;
};

TEST_F(CallerQuotaTest, TheOldestNewcomerOfItsOriginGivesWay) {
  const Held other = take("uid 2", "other"), first = take("uid 1", "first"), second = take("uid 1", "second");
  const Held third = take("uid 1", "third");
  EXPECT_TRUE(third);
  EXPECT_EQ(closed, std::vector<std::string>{"first"});
  EXPECT_EQ(quota.newcomers(), 3u);
  EXPECT_EQ(quota.gave_way(), 1u);
}

TEST_F(CallerQuotaTest, AKnownCallerGivesWayToNobody) {
  const Held worker = take("uid 1", "worker");
  EXPECT_EQ(worker->caller(), "");
  EXPECT_TRUE(worker->belongs_to("w1"));
  EXPECT_TRUE(worker->belongs_to("w2"));  // the first keeps it
  EXPECT_EQ(worker->caller(), "w1");
  std::vector<Held> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(take("uid 1", "silent"));
  EXPECT_EQ(closed, std::vector<std::string>(18, "silent"));
  EXPECT_EQ(quota.known(), 1u);
}

TEST_F(CallerQuotaTest, ACallerHasSoMany) {
  const Held first = take("uid 1", "1"), second = take("uid 1", "2");
  EXPECT_TRUE(first->belongs_to("w1"));
  EXPECT_TRUE(second->belongs_to("w1"));
  const Held fourth = take("uid 1", "4");
  EXPECT_FALSE(fourth->belongs_to("w1"));
  EXPECT_EQ(quota.refused(), 1u);
  EXPECT_TRUE(fourth->belongs_to("w2"));
  EXPECT_TRUE(closed.empty());
}

TEST_F(CallerQuotaTest, InAllTheOriginThatHasMostPays) {
  const Held one = take("uid 1", "one"), two = take("uid 2", "two"), three = take("uid 2", "three");
  const Held known = take("uid 3", "known"), also = take("uid 3", "also");
  EXPECT_TRUE(known->belongs_to("w1"));
  EXPECT_TRUE(also->belongs_to("w1"));
  const Held newcomer = take("uid 4", "newcomer");
  EXPECT_TRUE(newcomer);
  EXPECT_EQ(closed, std::vector<std::string>{"two"});
}

TEST_F(CallerQuotaTest, WhenAllAreKnownANewcomerIsRefused) {
  std::vector<Held> held;
  for (int i = 0; i < 5; ++i) {
    held.push_back(take("uid 1", "known"));
    ASSERT_TRUE(held.back()->belongs_to("w" + std::to_string(i / 2)));
  }
  EXPECT_FALSE(take("uid 1", "newcomer"));
  EXPECT_TRUE(closed.empty());
  held.pop_back();
  EXPECT_TRUE(take("uid 1", "newcomer"));
}

TEST_F(CallerQuotaTest, ACallersEndClosesWhatIsItsOwn) {
  const Held a = take("uid 1", "a"), b = take("uid 1", "b"), other = take("uid 2", "other");
  for (const Held& place : {a, b}) ASSERT_TRUE(place->belongs_to("w1"));
  ASSERT_TRUE(other->belongs_to("w2"));
  quota.close_all_of("w1");
  quota.close_all_of("nobody");
  EXPECT_EQ(closed, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(quota.known(), 1u);
  EXPECT_TRUE(a->belongs_to("w1"));
}

TEST_F(CallerQuotaTest, PlacesAreGivenBackAndMayOutliveTheQuota) {
  auto own = std::make_unique<CallerQuota>(CallerQuota::Limits{1, 1, 1});
  const Held place = own->take("uid 1");
  EXPECT_EQ(own->newcomers(), 1u);
  own.reset();
  { const Held brief = take("uid 1", "brief"); }
  EXPECT_EQ(quota.newcomers(), 0u);
}

TEST(CallerQuotaLimits, LeaveDescriptorsForTheRest) {
  const CallerQuota::Limits limits = CallerQuota::limits_here();
  EXPECT_LE(limits.in_all, 4096u);
  EXPECT_LE(limits.of_origin, 256u);
  EXPECT_LE(limits.of_caller, 64u);
  EXPECT_GE(limits.of_caller, 8u);
}

}  // namespace
}  // namespace fescue
