// Places by uid, and what is left for others.
#include "sys/net/connection_quota.h"

#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include <gtest/gtest.h>

#include "sys/process/descriptor_limit.h"

namespace fescue {
namespace {

using Verdict = ConnectionQuota::Verdict;

constexpr uid_t kSomebody = 54321, kSomebodyElse = 54322;

TEST(ConnectionQuota, EachUserHasItsPlaces) {
  ConnectionQuota quota(2);
  std::vector<ConnectionQuota::Admission> held;
  for (int i = 0; i < 2; ++i) held.push_back(quota.admit(kSomebody));
  EXPECT_EQ(held[1].verdict, Verdict::placed);
  EXPECT_EQ(quota.admit(kSomebody).verdict, Verdict::refused);
  EXPECT_EQ(quota.admit(kSomebodyElse).verdict, Verdict::placed);
  held.pop_back();
  EXPECT_EQ(quota.admit(kSomebody).verdict, Verdict::placed);
}

TEST(ConnectionQuota, APlaceLastsAsLongAsItsLastCopy) {
  ConnectionQuota quota(1);
  auto first = quota.admit(kSomebody);
  const auto copy = std::make_unique<ConnectionQuota::Admission>(first);
  first = {};
  EXPECT_EQ(quota.admit(kSomebody).verdict, Verdict::refused);
}

TEST(ConnectionQuota, APlaceMayOutliveItsQuota) {
  auto quota = std::make_unique<ConnectionQuota>(1);
  const auto held = quota->admit(kSomebody);
  quota.reset();
  EXPECT_EQ(held.verdict, Verdict::placed);
}

TEST(ConnectionQuota, OthersAreNotLimited) {
  ConnectionQuota quota(0);
  for (const std::optional<uid_t> user : {std::optional<uid_t>(), std::optional<uid_t>(0), std::optional(::geteuid())})
    EXPECT_EQ(quota.admit(user).verdict, Verdict::unlimited);
}

TEST(ConnectionQuota, LeavesDescriptorsForTheRest) {
  raise_descriptor_limit();
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  EXPECT_EQ(files.rlim_cur, files.rlim_max);
  EXPECT_LE(ConnectionQuota().limit(), std::max<rlim_t>(1, files.rlim_cur / 16));
  EXPECT_LE(ConnectionQuota().limit(), kMaxConnectionsOfUser);
}

}  // namespace
}  // namespace fescue
