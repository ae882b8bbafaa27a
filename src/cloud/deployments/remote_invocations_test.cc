// Invocations and the cores that take, answer, lose or ignore them.
#include "cloud/deployments/remote_invocations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/broker/iot_rules.h"
#include "model/deployment.h"

namespace fescue::cloud {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const ThingName kTargetCore("core");

class RemoteInvocationsTest : public testing::Test {
 protected:
  explicit RemoteInvocationsTest(RemoteInvocationLimits limits = {}) : invocations_(io_, broker_, limits) {
    invocations_.start();
  }

  /// What a core hears of.
  void connect(const ThingName& core = kTargetCore) {
    notices_ =
        broker_.subscribe(*TopicFilter::parse(invocation_notify_topic(core)), [this](const LocalMessage& message) {
          heard_.push_back(parse_invocation_notice(message.payload.view()).value().invocation);
        });
  }
  using Response = std::optional<Result<HttpResponse>>;
  std::shared_ptr<Response> ask(const std::string& payload, const ThingName& core = kTargetCore) {
    auto response = std::make_shared<Response>();
    HttpRequest request{"POST", "/function", {}, payload};
    asio::co_spawn(io_, invocations_.invoke(core, std::move(request)),
                   [response](const std::exception_ptr&, Result<HttpResponse> got) { *response = std::move(got); });
    poll();
    return response;
  }
  void hello(const std::string& instance) {
    const CoreHello hello{"1.0", instance, std::nullopt};
    broker_.publish(*Topic::parse(hello_topic(kTargetCore)), Payload(to_json(hello)), mqtt::QoS::at_least_once);
    poll();
  }
  bool answer(const InvocationId& id, const std::string& body, const ThingName& core = kTargetCore) {
    const bool taken = invocations_.answer({core}, id, HttpResponse{200, {}, body});
    poll();
    return taken;
  }
  void poll() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_;
  CoreNames cores_;
  IotRules rules_{cores_};
  MqttServer broker_{io_, iot_limits(), rules_};
  RemoteInvocations invocations_;
  SubscriptionHandle notices_;
  std::vector<InvocationId> heard_;
};

TEST_F(RemoteInvocationsTest, TheCoresAnswerIsTheCallers) {
  connect();
  const auto response = ask("in");
  ASSERT_EQ(heard_.size(), 1U);
  const auto taken = invocations_.take({kTargetCore}, heard_[0], "i");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->body, "in");
  EXPECT_EQ(taken->target, "/function");
  EXPECT_FALSE(*response);
  EXPECT_TRUE(answer(heard_[0], "out"));
  ASSERT_TRUE(*response);
  EXPECT_EQ((*response)->value().body, "out");
  EXPECT_FALSE(answer(heard_[0], "again"));
}

TEST_F(RemoteInvocationsTest, OneOutcomeIsOnItsWayAtATime) {
  connect();
  const auto response = ask("in");
  const auto await = [&](const ThingName& core = kTargetCore) {
    return invocations_.await_outcome({core}, heard_.at(0));
  };
  EXPECT_EQ(await().error().code(), Code::not_found) << "it has not been taken";
  ASSERT_TRUE(invocations_.take({kTargetCore}, heard_[0], "i"));
  EXPECT_EQ(await(ThingName("other")).error().code(), Code::not_found);
  auto first = await();
  ASSERT_TRUE(first);
  EXPECT_EQ(await().error().code(), Code::unavailable);
  first->reset();
  EXPECT_TRUE(await());
  EXPECT_TRUE(answer(heard_[0], "out"));
  EXPECT_EQ(await().error().code(), Code::not_found);
}

TEST_F(RemoteInvocationsTest, IsTakenOnceAndByItsCoreAlone) {
  connect();
  const auto response = ask("in");
  EXPECT_FALSE(invocations_.take({ThingName("other")}, heard_.at(0), "i"));
  EXPECT_FALSE(invocations_.take({kTargetCore}, InvocationId("none"), "i"));
  EXPECT_FALSE(answer(heard_[0], "before it was taken"));
  EXPECT_TRUE(invocations_.take({kTargetCore}, heard_[0], "i"));
  EXPECT_FALSE(invocations_.take({kTargetCore}, heard_[0], "i"));
  EXPECT_FALSE(answer(heard_[0], "not theirs", ThingName("other")));
  EXPECT_FALSE(*response);
  EXPECT_TRUE(answer(heard_[0], "out"));
}

TEST_F(RemoteInvocationsTest, ACoreThatIsNotThere) {
  const auto response = ask("in");
  ASSERT_TRUE(*response);
  EXPECT_EQ((*response)->error().code(), Code::unavailable);
  EXPECT_THAT((*response)->error().message(), HasSubstr("the core core is not connected"));
}

TEST_F(RemoteInvocationsTest, WhatACoreTookIsLostWithItsProcess) {
  connect();
  const auto first = ask("in");
  ASSERT_TRUE(invocations_.take({kTargetCore}, heard_.at(0), "instance-1"));
  hello("instance-1");  // it only lost its connection
  EXPECT_FALSE(*first);
  const auto second = ask("not taken yet");
  hello("instance-2");
  ASSERT_TRUE(*first);
  EXPECT_EQ((*first)->value().headers.get("X-Amz-Function-Error"), "Unhandled");
  EXPECT_THAT((*first)->value().body, HasSubstr("restarted"));
  EXPECT_FALSE(*second);
}

class HastyRemoteInvocationsTest : public RemoteInvocationsTest {
 protected:
  HastyRemoteInvocationsTest()
      : RemoteInvocationsTest({.waiting = 2, .waiting_bytes = 10, .until_taken = 0s, .until_answered = 0s}) {}
};

TEST_F(HastyRemoteInvocationsTest, ACoreThatDoesNotReact) {
  connect();
  const auto response = ask("in");
  ASSERT_TRUE(*response);
  EXPECT_EQ((*response)->error().code(), Code::unavailable);
  EXPECT_THAT((*response)->error().message(), HasSubstr("did not take"));
}

class BoundedRemoteInvocationsTest : public RemoteInvocationsTest {
 protected:
  BoundedRemoteInvocationsTest() : RemoteInvocationsTest({.waiting = 2, .waiting_bytes = 10}) {}
};

TEST_F(BoundedRemoteInvocationsTest, TooManyOrTooLarge) {
  connect();
  const auto large = ask("0123456789a");
  EXPECT_EQ((*large)->error().code(), Code::resource_exhausted);
  const auto first = ask("in");
  const auto second = ask("in");
  const auto third = ask("in");
  EXPECT_FALSE(*first);
  ASSERT_TRUE(*third);
  EXPECT_EQ((*third)->error().code(), Code::resource_exhausted);
  ASSERT_TRUE(invocations_.take({kTargetCore}, heard_.at(0), "i"));
  answer(heard_[0], "out");
  EXPECT_FALSE(*ask("in"));
}

}  // namespace
}  // namespace fescue::cloud
