// Invoke up to the core, which the test plays.
#include "cloud/api/lambda/lambda_invoke.h"

#include <gmock/gmock.h>

#include "cloud/deployments/rollout_test_support.h"
#include "model/limits.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

const std::string kArn = "arn:aws:lambda:us-west-2:123456789012:function:hello";

/// Version 1 of "hello", alias "prod", is deployed on the core "core".
class LambdaInvokeTest : public RolloutTestBase {
 protected:
  LambdaInvokeTest() { report(deploy(group_, usual_version()), DeploymentStatus::success); }
  /// A core that answers each invocation with its own payload.
  void connect_core(unsigned status = 200) {
    core_ = broker_.subscribe(*TopicFilter::parse(invocation_notify_topic(ThingName("core"))),
                              [this, status](const LocalMessage& message) {
                                const InvocationId id = parse_invocation_notice(message.payload.view())->invocation;
                                asked_ = invocations_.take({ThingName("core")}, id, "i").value();
                                HttpResponse answer{status, {}, asked_.body};
                                answer.headers.add("X-Amz-Executed-Version", "1");
                                invocations_.answer({ThingName("core")}, id, std::move(answer));
                              });
  }
  HttpResponse invoke(const std::string& function, const std::string& body = "{}", const TestHeaders& headers = {}) {
    return call("lambda", "POST", "/2015-03-31/functions/" + function, body, headers);
  }

  SubscriptionHandle core_;
  HttpRequest asked_;
};

TEST_F(LambdaInvokeTest, ForwardsToTheCoreThatRunsIt) {
  connect_core();
  for (const std::string function : {"hello/invocations", "hello:1/invocations", "hello/invocations?Qualifier=prod",
                                     "hello:prod/invocations", "123456789012:function:hello:1/invocations"}) {
    const HttpResponse response = invoke(function, "\x01 any bytes", {{"X-Amz-Log-Type", "Tail"}, {"Other", "no"}});
    EXPECT_EQ(response.status, 200U) << function << response.body;
    EXPECT_EQ(response.body, "\x01 any bytes");
    EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "1");
    EXPECT_EQ(asked_.target, "/2015-03-31/functions/" + percent_encode(kArn + ":1") + "/invocations");
    EXPECT_EQ(asked_.headers.get("X-Amz-Log-Type"), "Tail");
    EXPECT_FALSE(asked_.headers.find("Other"));
  }
}

TEST_F(LambdaInvokeTest, TheOldFormIsAnEvent) {
  connect_core(202);
  EXPECT_EQ(call("lambda", "POST", "/2014-11-13/functions/hello/invoke-async", "{}").status, 202U);
  EXPECT_EQ(asked_.headers.get("X-Amz-Invocation-Type"), "Event");
}

TEST_F(LambdaInvokeTest, NamesWhatIsNotDeployed) {
  connect_core();
  publish("hello");
  for (const std::string function : {"hello/invocations?Qualifier=%24LATEST", "hello:9/invocations",
                                     "nobody/invocations", "hello/invocations?Qualifier=nowhere"}) {
    const HttpResponse response = invoke(function);
    EXPECT_EQ(response.status, 404U) << function;
    EXPECT_EQ(error_of(response), "ResourceNotFoundException") << function;
  }
  EXPECT_THAT(invoke("hello:%24LATEST/invocations").body, HasSubstr("never deployed"));
  EXPECT_THAT(invoke("hello:9/invocations").body, HasSubstr("No core has version 9"));
  built(reset(group_, true));
  EXPECT_EQ(invoke("hello:1/invocations").status, 404U);
}

TEST_F(LambdaInvokeTest, ACoreThatIsAway) {
  const HttpResponse response = invoke("hello:1/invocations");
  EXPECT_EQ(response.status, 502U);
  EXPECT_EQ(error_of(response), "ResourceNotReadyException");
  EXPECT_THAT(response.body, HasSubstr("not connected"));
}

TEST_F(LambdaInvokeTest, PayloadsAreBounded) {
  connect_core();
  const std::string most(kMaxInvocationPayload, 'x');
  EXPECT_EQ(invoke("hello/invocations", most).status, 200U);
  EXPECT_EQ(error_of(invoke("hello/invocations", most + "x")), "RequestTooLargeException");
  const TestHeaders event{{"X-Amz-Invocation-Type", "Event"}};
  EXPECT_EQ(invoke("hello/invocations", std::string(1024 * 1024 + 1, 'x'), event).status, 413U);
}

}  // namespace
}  // namespace fescue::cloud
