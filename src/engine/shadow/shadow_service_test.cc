// Requests on a shadow: what is answered, kept and told.
#include "engine/shadow/shadow_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

class ShadowServiceTest : public testing::Test {
 protected:
  Result<ShadowOutcome> serve(ShadowOperation operation, std::string_view payload = {}) {
    auto outcome = serve_shadow({name_, operation, payload}, stored_, 10);
    if (outcome && outcome->next) stored_ = *outcome->next;
    return outcome;
  }
  /// The topics on which something is told.
  std::vector<std::string> told_of(std::string_view update) {
    std::vector<std::string> topics;
    const auto outcome = serve(ShadowOperation::update, update);
    for (const ShadowNotice& notice : outcome->notices) topics.push_back(shadow_topic(name_, notice.topic));
    return topics;
  }
  std::string refusal(ShadowOperation operation, std::string_view payload = {}) {
    const auto outcome = serve(operation, payload);
    return outcome ? "accepted" : rejected_json(outcome.error(), 10);
  }

  ShadowName name_{ThingName("lamp"), ""};
  StoredShadow stored_;
};

TEST_F(ShadowServiceTest, AnUpdateIsKeptAnsweredAndTold) {
  EXPECT_THAT(told_of(R"({"state":{"desired":{"on":true}}})"),
              ElementsAre("$aws/things/lamp/shadow/update/accepted", "$aws/things/lamp/shadow/update/documents",
                          "$aws/things/lamp/shadow/update/delta"));
  EXPECT_TRUE(stored_.exists);
  name_.name = "n";
  EXPECT_THAT(
      told_of(R"({"state":{"reported":{"on":true}}})"),
      ElementsAre("$aws/things/lamp/shadow/name/n/update/accepted", "$aws/things/lamp/shadow/name/n/update/documents"));
  EXPECT_EQ(stored_.document.version, 2);
}

TEST_F(ShadowServiceTest, AGetChangesAndTellsNothing) {
  serve(ShadowOperation::update, R"({"state":{"reported":{"x":1}}})").value();
  const auto got = serve(ShadowOperation::get);
  ASSERT_TRUE(got);
  EXPECT_EQ(json::parse(got->answer).at("state"), json::parse(R"({"reported":{"x":1}})"));
  EXPECT_FALSE(got->next);
  EXPECT_TRUE(got->notices.empty());
}

TEST_F(ShadowServiceTest, ADeletedShadowLeavesItsVersion) {
  serve(ShadowOperation::update, R"({"state":{"reported":{"x":1}}})").value();
  const auto removed = serve(ShadowOperation::remove);
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->answer, R"({"version":1,"timestamp":10})");
  ASSERT_EQ(removed->notices.size(), 1U);
  EXPECT_EQ(removed->notices[0].topic, "delete/accepted");
  EXPECT_FALSE(stored_.exists);
  EXPECT_TRUE(stored_.document.reported.empty());
  serve(ShadowOperation::update, R"({"state":{"reported":{"y":1}}})").value();
  EXPECT_EQ(stored_.document.version, 2);
}

TEST_F(ShadowServiceTest, RefusalsHaveCodesAndSentences) {
  EXPECT_EQ(refusal(ShadowOperation::get),
            R"({"code":404,"message":"No shadow exists with name: 'lamp'","timestamp":10})");
  name_.name = "n";
  EXPECT_EQ(refusal(ShadowOperation::remove),
            R"({"code":404,"message":"No shadow exists with name: 'lamp~n'","timestamp":10})");
  EXPECT_EQ(refusal(ShadowOperation::update, "{"), R"({"code":400,"message":"Invalid JSON","timestamp":10})");
  EXPECT_EQ(refusal(ShadowOperation::update, R"({"state":{},"version":7})"),
            R"({"code":409,"message":"Version conflict","timestamp":10})");
  const std::string large = R"({"state":{"desired":{"a":")" + std::string(9000, 'x') + "\"}}}";
  EXPECT_THAT(refusal(ShadowOperation::update, large), testing::StartsWith(R"({"code":413)"));
  EXPECT_FALSE(stored_.exists);
}

TEST(ShadowSubject, IsTheTopicOfAFunctionsRequest) {
  const auto subject = parse_shadow_subject("$aws/things/T/shadow/get");
  ASSERT_TRUE(subject);
  EXPECT_EQ(subject->thing.view(), "T");
  EXPECT_EQ(parse_shadow_operation(subject->operation).value(), ShadowOperation::get);
  for (const char* topic : {"$aws/things//shadow/get", "$aws/things/shadow/get", "a/b", "$aws/things/a b/shadow/get"}) {
    EXPECT_FALSE(parse_shadow_subject(topic)) << topic;
  }
  EXPECT_FALSE(parse_shadow_operation("rename"));
  EXPECT_FALSE(parse_shadow_operation("name/n/get"));
}

}  // namespace
}  // namespace fescue
