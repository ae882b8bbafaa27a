// Batches for given wishes and answers.
#include "uplink/subscription_sync.h"

#include <string>

#include <gtest/gtest.h>

namespace fescue {
namespace {

using Verb = SubscriptionSync::Verb;

std::vector<TopicFilter> filters(int count, int first = 0) {
  std::vector<TopicFilter> out;
  for (int i = first; i < first + count; ++i) out.push_back(TopicFilter::parse("t/" + std::to_string(i)).value());
  return out;
}

/// Sends and answers all; returns the filters subscribed less those unsubscribed.
int settle(SubscriptionSync& sync) {
  int net = 0;
  while (const auto request = sync.next_request()) {
    const int count = static_cast<int>(request->filters.size());
    net += request->verb == Verb::subscribe ? count : -count;
    EXPECT_EQ(sync.answered(request->id), request->filters);
  }
  return net;
}

TEST(SubscriptionSync, SubscribesInSmallRequests) {
  SubscriptionSync sync;
  EXPECT_FALSE(sync.next_request());
  sync.want(filters(20));
  std::size_t total = 0;
  while (const auto request = sync.next_request()) {
    EXPECT_LE(request->filters.size(), SubscriptionSync::kFiltersPerRequest);
    EXPECT_EQ(request->verb, Verb::subscribe);
    total += request->filters.size();
  }
  EXPECT_EQ(total, 20u);
}

TEST(SubscriptionSync, KeepsFewRequestsUnanswered) {
  SubscriptionSync sync;
  sync.want(filters(1000));
  std::vector<std::uint64_t> ids;
  while (const auto request = sync.next_request()) ids.push_back(request->id);
  EXPECT_EQ(ids.size(), SubscriptionSync::kMaxRequests);
  sync.answered(ids[3]);
  EXPECT_TRUE(sync.next_request());
  EXPECT_FALSE(sync.next_request());
  for (const std::uint64_t id : ids) sync.answered(id);
  EXPECT_FALSE(sync.in_line());
}

TEST(SubscriptionSync, ChangesOnlyTheDifference) {
  SubscriptionSync sync;
  sync.want(filters(10));
  EXPECT_EQ(settle(sync), 10);
  EXPECT_TRUE(sync.in_line());
  sync.want(filters(10));
  EXPECT_EQ(settle(sync), 0);
  sync.want(filters(10, 5));
  const auto request = sync.next_request();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->verb, Verb::unsubscribe);
  EXPECT_EQ(request->filters, filters(5));
  EXPECT_EQ(settle(sync), 5);
}

TEST(SubscriptionSync, AChangeOfMindBeforeTheAnswerIsFollowed) {
  SubscriptionSync sync;
  sync.want(filters(1));
  ASSERT_TRUE(sync.next_request());
  sync.want({});
  const auto request = sync.next_request();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->verb, Verb::unsubscribe);
  sync.want(filters(1));
  EXPECT_EQ(sync.next_request().value().verb, Verb::subscribe);
}

TEST(SubscriptionSync, ANewConnectionBeginsAnew) {
  SubscriptionSync sync;
  sync.want(filters(3));
  EXPECT_EQ(settle(sync), 3);
  const auto old = [&] {
    sync.want(filters(4));
    return sync.next_request().value().id;
  }();
  sync.connection_lost();
  EXPECT_TRUE(sync.answered(old).empty());
  EXPECT_EQ(settle(sync), 4);
  sync.want(filters(2));
  sync.connection_lost();
  EXPECT_EQ(settle(sync), 2);
}

}  // namespace
}  // namespace fescue
