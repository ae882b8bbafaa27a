#include "control/api/iot_test_support.h"
#include "control/broker/broker.h"

namespace fescue::control {
namespace {

class Publish : public IotTest {
 protected:
  Publish() {
    subscription_ = broker_.subscribe(TopicFilter::parse("#").value(), [this](const BrokerMessage& message) {
      got_.push_back(message.topic.str() + "=" + std::string(message.payload.view()) + "@" +
                     std::to_string(static_cast<int>(message.qos)));
    });
  }
  std::string publish(std::string_view target, std::string_view body = "x") {
    const std::string answer = verdict(call("iotdata", "POST", target, body));
    io_.restart();
    io_.poll();
    return answer;
  }
  std::vector<std::string> got_;
  BrokerSubscription subscription_;
};

TEST_F(Publish, ReachesSubscribers) {
  EXPECT_EQ(publish("/topics/hello%2Fworld?qos=1", R"({"a": 1})"), "200");
  EXPECT_EQ(publish("/topics/bytes", std::string("\0\xff", 2)), "200");
  EXPECT_EQ(publish("/topics/empty", ""), "200");
  EXPECT_EQ(got_, (std::vector<std::string>{"hello/world={\"a\": 1}@1", "bytes=" + std::string("\0\xff", 2) + "@0",
                                            "empty=@0"}));
}

TEST_F(Publish, BadRequestsAreTold) {
  EXPECT_EQ(publish("/topics/a%2F%23"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a%2F%2B"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/" + std::string(257, 'x')), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a?qos=2"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a?retain=perhaps"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a?retain=true"), "400 NotImplementedException");
  EXPECT_EQ(publish("/topics/%24fescue%2Fcores%2Fc%2Fdeployments%2Fnotify"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a", std::string(128 * 1024 + 1, 'x')), "413 RequestEntityTooLargeException");
  EXPECT_TRUE(got_.empty());
  EXPECT_EQ(publish("/topics/a", std::string(128 * 1024, 'x')), "200");
}

class Endpoint : public IotTest {};

TEST_F(Endpoint, IsTheConfiguredHost) {
  EXPECT_EQ(ask("GET", "/endpoint").at("endpointAddress"), "127.0.0.1");
  for (const std::string type : {"iot%3AData", "iot%3AData-ATS", "iot%3ACredentialProvider", "iot%3AJobs"}) {
    EXPECT_EQ(ask("GET", "/endpoint?endpointType=" + type).at("endpointAddress"), "127.0.0.1");
  }
  EXPECT_EQ(verdict("GET", "/endpoint?endpointType=iot%3AX"), "400 InvalidRequestException");
}

class Sts : public ApiTest {};

TEST_F(Sts, TellsTheCaller) {
  const HttpResponse response = call("sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.headers.get("content-type"), "text/xml");
  const std::string parts[] = {"<Arn>arn:aws:iam::123456789012:user/local</Arn>", "<Account>123456789012</Account>",
                               "<RequestId>" + std::string(response.headers.get("x-amzn-requestid")) + "</RequestId>"};
  for (const std::string& part : parts) {
    EXPECT_NE(response.body.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace fescue::control
