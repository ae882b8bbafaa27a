// What is recorded of each kind of call, and what the function is answered.
#include "core/local_run/recorder.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"

namespace fescue {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

constexpr char kFunction[] = "arn:aws:lambda:us-west-2:123456789012:function:Other:3";

class RecorderTest : public ::testing::Test {
 protected:
  static Recorder told(std::string_view answers) {
    return Recorder(*parse_canned_answers(answers), [] { return 1000; });
  }

  /// "error:payload", or why it was refused.
  static std::string call(Recorder& recorder, const FunctionArn& target, std::string_view context,
                          std::string_view payload, InvocationType type = InvocationType::request_response) {
    std::optional<InvocationResult> answer;
    const auto taken =
        recorder.submit({InvocationId("id"), {}, target, type, base64_encode(context), Payload(std::string(payload))},
                        [&](InvocationResult result) { answer = std::move(result); });
    if (!taken) return "refused: " + taken.error().message();
    return std::string(name_of(answer->error)) + ":" + std::string(answer->payload.view());
  }
  static std::string shadow(Recorder& recorder, std::string_view operation, std::string_view payload = "") {
    const std::string context = R"({"custom":{"subject":"$aws/things/T/shadow/)" + std::string(operation) + R"("}})";
    return call(recorder, system_function::shadow, context, payload);
  }
  static std::string secret(Recorder& recorder, std::string_view request) {
    return call(recorder, system_function::secret_manager.with_qualifier("1"), "", request);
  }

  const FunctionArn other_ = *FunctionArn::parse(kFunction);
};

TEST_F(RecorderTest, PublishesAreTakenAndWrittenDown) {
  Recorder recorder = told("{}");
  const Endpoint source = Endpoint::function(other_);
  const Topic topic = *Topic::parse("a/b");
  EXPECT_TRUE(recorder.publish({source, topic, Payload("{\"x\": [1]}")}, QueueFullPolicy::best_effort));
  EXPECT_TRUE(recorder.publish({source, topic, Payload("some text")}, QueueFullPolicy::all_or_error));
  EXPECT_TRUE(recorder.publish({source, topic, Payload("\xff")}, QueueFullPolicy::best_effort));
  EXPECT_TRUE(recorder.publish({source, topic, Payload()}, QueueFullPolicy::best_effort));
  EXPECT_EQ(json::serialize(recorder.calls()),
            R"([{"call":"publish","topic":"a/b","payload":{"x":[1]},"queue_full_policy":"BestEffort"},)"
            R"({"call":"publish","topic":"a/b","payload_text":"some text","queue_full_policy":"AllOrError"},)"
            R"({"call":"publish","topic":"a/b","payload_base64":"/w==","queue_full_policy":"BestEffort"},)"
            R"({"call":"publish","topic":"a/b","queue_full_policy":"BestEffort"}])");
}

TEST_F(RecorderTest, FunctionsAnswerAsToldTheLastAnswerFromThenOn) {
  for (const char* name : {"Other", "Other:3", kFunction, "arn:aws:lambda:us-west-2:123456789012:function:Other"}) {
    Recorder recorder =
        told(R"({"functions": {")" + std::string(name) + R"(": [{"error":"Handled"}, {"payload":1}]}})");
    EXPECT_EQ(call(recorder, other_, "", "{}"), "Handled:") << name;
    EXPECT_EQ(call(recorder, other_, "", "{}"), ":1");
    EXPECT_EQ(call(recorder, other_, R"({"custom":{}})", "{}"), ":1");
    EXPECT_EQ(json::serialize(recorder.calls().at(2)),
              R"({"call":"invoke","function":")" + std::string(kFunction) +
                  R"(","type":"RequestResponse","client_context":{"custom":{}},"payload":{}})");
  }
}

TEST_F(RecorderTest, WhatNobodyToldIsRefusedButEventsAreTaken) {
  Recorder recorder = told(R"({"functions": {"Other:4": {}, "Othe": {}}})");
  EXPECT_THAT(call(recorder, other_, "", "{}"), HasSubstr("refused: " + std::string(kFunction) + " is not deployed"));
  EXPECT_THAT(std::string(recorder.calls().at(0).at("refused").as_string()), HasSubstr("--answers"));
  EXPECT_EQ(call(recorder, other_, "", "{}", InvocationType::event), ":");
  EXPECT_EQ(recorder.calls().at(1).at("type"), "Event");
}

TEST_F(RecorderTest, AShadowLivesThroughItsUpdates) {
  Recorder recorder = told(R"({"shadows": {"T": {"desired": {"on": true}}}})");
  EXPECT_THAT(shadow(recorder, "get"), HasSubstr(R"("state":{"desired":{"on":true},"delta":{"on":true}})"));
  EXPECT_THAT(shadow(recorder, "update", R"({"state":{"reported":{"on":true}}})"), HasSubstr(R"("version":2)"));
  EXPECT_THAT(shadow(recorder, "get"), HasSubstr(R"("state":{"desired":{"on":true},"reported":{"on":true}})"));
  EXPECT_THAT(shadow(recorder, "update", R"({"state":{},"version":1})"), HasSubstr(R"("code":409)"));
  EXPECT_THAT(shadow(recorder, "update", "{"), HasSubstr(R"("code":400)"));
  EXPECT_THAT(shadow(recorder, "delete"), HasSubstr(R"("version":2)"));
  EXPECT_EQ(shadow(recorder, "get"), R"(:{"code":404,"message":"No shadow exists with name: 'T'","timestamp":1000})");
  EXPECT_THAT(shadow(recorder, "rename"), HasSubstr("refused: "));
  EXPECT_EQ(json::serialize(recorder.calls().at(1)),
            R"({"call":"shadow","operation":"update","thing":"T","payload":{"state":{"reported":{"on":true}}}})");
}

TEST_F(RecorderTest, AShadowMayBeToldToFail) {
  Recorder recorder = told(R"({"shadows": {"T": {"code": 500, "message": "no"}}})");
  EXPECT_EQ(shadow(recorder, "get"), R"(:{"code":500,"message":"no"})");
  EXPECT_EQ(shadow(recorder, "update", R"({"state":{}})"), R"(:{"code":500,"message":"no"})");
}

TEST_F(RecorderTest, ASubjectThatIsNoShadowsIsRefused) {
  Recorder recorder = told("{}");
  for (const char* subject :
       {"$aws/things//shadow/get", "$aws/things/shadow/get", "a/b", "$aws/things/a b/shadow/get"}) {
    const std::string context = R"({"custom":{"subject":")" + std::string(subject) + R"("}})";
    EXPECT_THAT(call(recorder, system_function::shadow, context, ""), HasSubstr("refused: ")) << subject;
  }
  EXPECT_THAT(call(recorder, system_function::shadow, "", ""), HasSubstr("refused: "));
}

TEST_F(RecorderTest, SecretsByNameAndByArn) {
  Recorder recorder = told(R"({"secrets": {"db": "s3cret"}})");
  for (const char* id : {"db", "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf"}) {
    EXPECT_THAT(secret(recorder, R"({"SecretId":")" + std::string(id) + "\"}"),
                ::testing::AllOf(HasSubstr(R"("SecretString":"s3cret")"), HasSubstr(R"("CreatedDate":1000000)")));
  }
  EXPECT_THAT(secret(recorder, R"({"SecretId":"other"})"), HasSubstr(R"({"Status":404)"));
  EXPECT_THAT(secret(recorder, "{}"), HasSubstr(R"({"Status":400)"));
  EXPECT_THAT(secret(recorder, "no"), HasSubstr(R"({"Status":400)"));
}

TEST_F(RecorderTest, CallsBeyondTheBoundAreCounted) {
  Recorder recorder = told("{}");
  for (std::size_t i = 0; i < kMaxRecordedCalls + 3; ++i) shadow(recorder, "get");
  EXPECT_EQ(recorder.calls().size(), kMaxRecordedCalls);
  EXPECT_EQ(recorder.left_out(), 3U);
}

}  // namespace
}  // namespace fescue
