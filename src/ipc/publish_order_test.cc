// Client contexts of the SDKs, and broken ones.
#include "ipc/publish_order.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace fescue {
namespace {

Result<PublishOrder> parse(std::string_view json) { return parse_publish_order(base64_encode(json)); }

TEST(PublishOrder, ReadsTopicAndPolicy) {
  const auto order = parse(R"({"custom":{"source":"x","subject":"a/b","queueFullPolicy":"AllOrError"}})");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->topic.view(), "a/b");
  EXPECT_EQ(order->policy, QueueFullPolicy::all_or_error);
}

TEST(PublishOrder, PolicyIsBestEffortUnlessAsked) {
  for (const char* json : {R"({"custom":{"subject":"a"}})", R"({"custom":{"subject":"a","queueFullPolicy":""}})",
                           R"({"custom":{"subject":"a","queueFullPolicy":"BestEffort"}})"}) {
    EXPECT_EQ(parse(json).value().policy, QueueFullPolicy::best_effort) << json;
  }
}

TEST(PublishOrder, TakesTheSpacingOfTheJavaSdk) {
  const auto order = parse(R"({"custom": {"source": "x", "subject": "a/b", "queueFullPolicy": "BestEffort"}})");
  EXPECT_EQ(order.value().topic.view(), "a/b");
}

TEST(PublishOrder, RefusesWhatIsMissingOrWrong) {
  EXPECT_FALSE(parse_publish_order(""));
  EXPECT_FALSE(parse_publish_order("not base64"));
  for (const char* json : {"", "[]", "{}", "{", R"({"custom":1})", R"({"custom":{}})", R"({"custom":{"subject":7}})",
                           R"({"custom":{"subject":""}})", R"({"custom":{"subject":"a/#"}})",
                           R"({"custom":{"subject":"a","queueFullPolicy":"Other"}})"}) {
    const auto order = parse(json);
    ASSERT_FALSE(order) << json;
    EXPECT_EQ(order.error().code(), Code::invalid_argument) << json;
    EXPECT_FALSE(order.error().message().empty());
  }
}

}  // namespace
}  // namespace fescue
