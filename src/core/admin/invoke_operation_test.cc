// Each answer of Lambda's Invoke, with a function that the test plays.
#include "core/admin/invoke_operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/test_ports.h"

namespace fescue {
namespace {

using testing::HasSubstr;

const FunctionArn kInvoked = FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Echo", "3");

class InvokeOperationTest : public testing::Test {
 protected:
  InvokeOperationTest() {
    target_.answer = InvocationResult{FunctionError::none, Payload("\"hello\""), "[INFO]-line\n"};
  }
  HttpResponse invoke(LambdaInvoke request) {
    std::vector<HttpResponse> answers;
    invoke_lambda(target_, {kInvoked}, std::move(request), [&](HttpResponse response) { answers.push_back(response); });
    EXPECT_EQ(answers.size(), 1u);
    return answers.at(0);
  }
  static LambdaInvoke request(std::string function = "Echo") {
    LambdaInvoke out;
    out.function = std::move(function);
    out.payload = "{}";
    return out;
  }
  static std::string error_of(const HttpResponse& response) {
    return std::to_string(response.status) + " " + std::string(response.headers.get("x-amzn-ErrorType"));
  }

  TestInvoker target_;
};

TEST_F(InvokeOperationTest, AnswersWithTheResult) {
  const HttpResponse response = invoke(request());
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.body, "\"hello\"");
  EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "3");
  EXPECT_FALSE(response.headers.find("X-Amz-Function-Error"));
  EXPECT_FALSE(response.headers.find("X-Amz-Log-Result"));
  ASSERT_EQ(target_.invocations.size(), 1u);
  EXPECT_EQ(target_.invocations[0].target, kInvoked);
  EXPECT_EQ(target_.invocations[0].type, InvocationType::request_response);
  EXPECT_EQ(target_.invocations[0].payload.view(), "{}");
  EXPECT_TRUE(target_.invocations[0].caller.empty());
}

TEST_F(InvokeOperationTest, NamesTheErrorOfTheFunction) {
  target_.answer = InvocationResult{FunctionError::handled, Payload("{}")};
  EXPECT_EQ(invoke(request()).headers.get("X-Amz-Function-Error"), "Handled");
  target_.answer->error = FunctionError::unhandled;
  EXPECT_EQ(invoke(request()).headers.get("X-Amz-Function-Error"), "Unhandled");
}

TEST_F(InvokeOperationTest, GivesTheLogTailWhenAsked) {
  LambdaInvoke tail = request();
  tail.log_type = "Tail";
  EXPECT_EQ(invoke(tail).headers.get("X-Amz-Log-Result"), base64_encode("[INFO]-line\n"));
  EXPECT_TRUE(target_.invocations[0].log_tail);
}

TEST_F(InvokeOperationTest, AnEventIsTakenAndNobodyWaits) {
  LambdaInvoke event = request();
  event.invocation_type = "Event";
  event.client_context = base64_encode(R"({"custom":{"a":"b"}})");
  const HttpResponse response = invoke(event);
  EXPECT_EQ(response.status, 202u);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(target_.invocations.at(0).type, InvocationType::event);
  EXPECT_EQ(target_.invocations.at(0).client_context, event.client_context);
}

TEST_F(InvokeOperationTest, ADryRunOnlyChecks) {
  LambdaInvoke dry = request();
  dry.invocation_type = "DryRun";
  EXPECT_EQ(invoke(dry).status, 204u);
  EXPECT_TRUE(target_.invocations.empty());
  dry.function = "Other";
  EXPECT_EQ(error_of(invoke(dry)), "404 ResourceNotFoundException");
}

TEST_F(InvokeOperationTest, RefusesInLambdasWords) {
  EXPECT_EQ(error_of(invoke(request("Other"))), "404 ResourceNotFoundException");
  EXPECT_THAT(invoke(request("Other")).body, HasSubstr(R"("Message":"Function not found: Other)"));
  EXPECT_EQ(error_of(invoke(request("a b"))), "400 InvalidParameterValueException");
  LambdaInvoke bad = request();
  bad.qualifier = "$LATEST";
  EXPECT_EQ(error_of(invoke(bad)), "404 ResourceNotFoundException");
  bad = request();
  bad.invocation_type = "Sometimes";
  EXPECT_EQ(error_of(invoke(bad)), "400 InvalidParameterValueException");
  bad = request();
  bad.log_type = "Head";
  EXPECT_EQ(error_of(invoke(bad)), "400 InvalidParameterValueException");
  for (const std::string& context : {std::string("?"), base64_encode("[]"), base64_encode("nonsense")}) {
    bad = request();
    bad.client_context = context;
    EXPECT_EQ(error_of(invoke(bad)), "400 InvalidRequestContentException") << context;
  }
  bad.client_context = std::string(4000, 'a');
  EXPECT_EQ(error_of(invoke(bad)), "400 InvalidParameterValueException");
  EXPECT_TRUE(target_.invocations.empty());
}

TEST_F(InvokeOperationTest, TranslatesWhatTheTargetSays) {
  const std::pair<Code, const char*> expected[] = {{Code::not_found, "404 ResourceNotFoundException"},
                                                   {Code::resource_exhausted, "429 TooManyRequestsException"},
                                                   {Code::invalid_argument, "400 InvalidRequestContentException"},
                                                   {Code::too_large, "413 RequestTooLargeException"},
                                                   {Code::unavailable, "500 ServiceException"}};
  for (const auto& [code, error] : expected) {
    target_.refusal = Error(code, "why");
    EXPECT_EQ(error_of(invoke(request())), error);
  }
  target_.refusal = Error(Code::resource_exhausted, "full");
  EXPECT_EQ(invoke(request()).headers.get("Retry-After"), "1");
}

TEST(TakeLambdaInvoke, ReadsPathQueryAndHeaders) {
  HttpRequest request{"POST",
                      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A123456789012%3Afunction%3AEcho/"
                      "invocations?Qualifier=3",
                      {},
                      "payload"};
  request.headers.add("x-amz-invocation-type", "Event");
  request.headers.add("X-Amz-Log-Type", "Tail");
  request.headers.add("X-Amz-Client-Context", "e30=");
  const auto invoke = take_lambda_invoke(request);
  ASSERT_TRUE(invoke);
  EXPECT_EQ(invoke->function, "arn:aws:lambda:us-west-2:123456789012:function:Echo");
  EXPECT_EQ(invoke->qualifier, "3");
  EXPECT_EQ(invoke->invocation_type, "Event");
  EXPECT_EQ(invoke->log_type, "Tail");
  EXPECT_EQ(invoke->client_context, "e30=");
  EXPECT_EQ(invoke->payload, "payload");
}

TEST(TakeLambdaInvoke, LeavesOtherPathsAlone) {
  for (const char* target :
       {"/", "/2015-03-31/functions", "/2015-03-31/functions/a/invocations/x", "/2015-03-31/functions/%zz/invocations",
        "/2015-03-31/functions/a/versions", "/2016-11-01/functions/a/invocations",
        "/2015-03-31/functions/a/invocations?Qualifier=%"}) {
    HttpRequest request{"POST", target, {}, "body"};
    EXPECT_FALSE(take_lambda_invoke(request)) << target;
    EXPECT_EQ(request.body, "body");
  }
}

}  // namespace
}  // namespace fescue
