// What is granted at once, later, and not at all.
#include "cloud/broker/registration_budget.h"

#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

using std::chrono::milliseconds;
using enum RegistrationVerdict;

const CertificateId kAuthority("a"), kOther("b");
constexpr RegistrationLimits kFew{.pending = 3, .pem_bytes = 100, .burst = 2, .each = milliseconds(100)};

TEST(RegistrationBudget, HasABurstAndThenARate) {
  RegistrationBudget budget(kFew);
  const SteadyTime start = SteadyTime() + std::chrono::hours(1);
  const auto ask = [&](const CertificateId& authority, int after) {
    return budget.ask(authority, 0, 10, start + milliseconds(after));
  };
  EXPECT_EQ(ask(kAuthority, 0), granted);
  EXPECT_EQ(ask(kAuthority, 0), granted);
  EXPECT_EQ(ask(kAuthority, 0), too_often);
  EXPECT_EQ(ask(kAuthority, 99), too_often);
  EXPECT_EQ(ask(kOther, 99), granted) << "one authority takes nothing from another";
  EXPECT_EQ(ask(kAuthority, 100), granted);
  EXPECT_EQ(ask(kAuthority, 100), too_often);
  EXPECT_EQ(ask(kAuthority, 100'000), granted);
  EXPECT_TRUE(budget.may_tell(kAuthority, start + milliseconds(100'000)));
  EXPECT_FALSE(budget.may_tell(kAuthority, start + milliseconds(100'000))) << "rest saves no more than the burst";
}

TEST(RegistrationBudget, KeepsNoMoreThanThereIsRoomFor) {
  RegistrationBudget budget(kFew);
  const SteadyTime now = SteadyTime() + std::chrono::hours(1);
  EXPECT_EQ(budget.ask(kAuthority, 3, 10, now), too_many_pending);
  EXPECT_EQ(budget.ask(kAuthority, 2, 101, now), too_large);
  EXPECT_EQ(budget.ask(kAuthority, 2, 100, now), granted);
  EXPECT_EQ(budget.ask(kAuthority, 2, 100, now), granted) << "what was refused has cost nothing";
}

}  // namespace
}  // namespace fescue::cloud
