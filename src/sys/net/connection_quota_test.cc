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

Peer user(uid_t uid) {
  Peer peer;
  peer.uid = uid;
  return peer;
}
Peer at(const std::string& address) {
  Peer peer;
  peer.address = address;
  return peer;
}
const Peer kSomebody = user(54321), kSomebodyElse = user(54322);

TEST(ConnectionQuota, EachUserHasItsPlaces) {
  ConnectionQuota quota(2);
  std::vector<ConnectionQuota::Decision> held;
  for (int i = 0; i < 2; ++i) held.push_back(quota.admit(kSomebody));
  EXPECT_EQ(held[1].verdict, Verdict::placed);
  EXPECT_EQ(quota.admit(kSomebody).verdict, Verdict::refused);
  EXPECT_EQ(quota.admit(kSomebodyElse).verdict, Verdict::placed);
  held.pop_back();
  EXPECT_EQ(quota.admit(kSomebody).verdict, Verdict::placed);
}

TEST(ConnectionQuota, EachAddressHasItsPlaces) {
  ConnectionQuota quota(1);
  const auto held = quota.admit(at("192.0.2.1:1"));
  EXPECT_EQ(held.verdict, Verdict::placed);
  EXPECT_EQ(quota.admit(at("192.0.2.1:2")).verdict, Verdict::refused);
  EXPECT_EQ(quota.admit(at("192.0.2.2:1")).verdict, Verdict::placed);
}

TEST(ConnectionQuota, APlaceLastsAsLongAsItsLastCopy) {
  ConnectionQuota quota(1);
  auto first = quota.admit(kSomebody);
  const auto copy = std::make_unique<ConnectionQuota::Decision>(first);
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
  for (const Peer& peer : {Peer{}, user(0), user(::geteuid())}) {
    EXPECT_EQ(quota.admit(peer).verdict, Verdict::unlimited);
  }
}

TEST(ConnectionQuota, LeavesDescriptorsForTheRest) {
  raise_descriptor_limit();
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  EXPECT_EQ(files.rlim_cur, files.rlim_max);
  EXPECT_LE(ConnectionQuota().limit(), std::max<rlim_t>(1, files.rlim_cur / 16));
  EXPECT_LE(ConnectionQuota().limit(), kMaxConnectionsOfOrigin);
}

}  // namespace
}  // namespace fescue
