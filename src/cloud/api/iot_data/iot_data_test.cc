// Publish, retained messages, endpoint and caller identity by signed requests.
#include "cloud/api/iot/iot_test_support.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud {
namespace {

class IotDataPublish : public IotTest {
 protected:
  IotDataPublish() {
    subscription_ = broker_.subscribe(TopicFilter::parse("#").value(), [this](const LocalMessage& message) {
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
  SubscriptionHandle subscription_;
};

TEST_F(IotDataPublish, ReachesSubscribers) {
  EXPECT_EQ(publish("/topics/hello%2Fworld?qos=1", R"({"a": 1})"), "200");
  EXPECT_EQ(publish("/topics/bytes", std::string("\0\xff", 2)), "200");
  EXPECT_EQ(publish("/topics/empty", ""), "200");
  EXPECT_EQ(got_, (std::vector<std::string>{"hello/world={\"a\": 1}@1", "bytes=" + std::string("\0\xff", 2) + "@0",
                                            "empty=@0"}));
}

TEST_F(IotDataPublish, BadRequestsAreTold) {
  EXPECT_EQ(publish("/topics/a%2F%23"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a%2F%2B"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/" + std::string(257, 'x')), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a?qos=2"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a?retain=perhaps"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/%24fescue%2Fcores%2Fc%2Fdeployments%2Fnotify"), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a", std::string(128 * 1024 + 1, 'x')), "413 RequestEntityTooLargeException");
  EXPECT_TRUE(got_.empty());
  EXPECT_EQ(publish("/topics/a", std::string(128 * 1024, 'x')), "200");
}

TEST_F(IotDataPublish, WhatIsRetainedCanBeReadAndListed) {
  EXPECT_EQ(verdict(call("iotdata", "GET", "/retainedMessage/a")), "404 ResourceNotFoundException");
  for (const char* topic : {"a", "b%2Fc", "d"})
    EXPECT_EQ(publish(std::string("/topics/") + topic + "?retain=true&qos=1"), "200");
  EXPECT_EQ(got_, (std::vector<std::string>{"a=x@1", "b/c=x@1", "d=x@1"}));
  const auto one = json::parse(call("iotdata", "GET", "/retainedMessage/b%2Fc").body);
  EXPECT_EQ(one.at("topic"), "b/c");
  EXPECT_EQ(one.at("payload"), "eA==");
  EXPECT_EQ(one.at("qos"), 1);
  EXPECT_EQ(one.at("lastModifiedTime"), epoch_milliseconds(now_));
  const auto first = json::parse(call("iotdata", "GET", "/retainedMessage?maxResults=2").body);
  ASSERT_EQ(first.at("retainedTopics").as_array().size(), 2u);
  EXPECT_EQ(first.at("retainedTopics").at(0).at("topic"), "a");
  EXPECT_EQ(first.at("retainedTopics").at(1).at("payloadSize"), 1);
  const auto token = percent_encode(first.at("nextToken").as_string());
  const auto rest = json::parse(call("iotdata", "GET", "/retainedMessage?maxResults=2&nextToken=" + token).body);
  ASSERT_EQ(rest.at("retainedTopics").as_array().size(), 1u);
  EXPECT_FALSE(rest.as_object().contains("nextToken"));
  EXPECT_EQ(verdict(call("iotdata", "GET", "/retainedMessage?maxResults=201")), "400 InvalidRequestException");
  EXPECT_EQ(publish("/topics/a?retain=true", ""), "200");
  EXPECT_EQ(verdict(call("iotdata", "GET", "/retainedMessage/a")), "404 ResourceNotFoundException");
}

TEST_F(IotDataPublish, ThereIsAMostThatIsRetained) {
  const std::size_t most = iot_limits().retained.topics;
  for (std::size_t i = 0; i < most; ++i) {
    ASSERT_TRUE(
        broker_.retained().set(Topic::parse("t/" + std::to_string(i)).value(), "x", mqtt::QoS::at_most_once, now_));
  }
  EXPECT_EQ(publish("/topics/one-more?retain=true"), "429 ThrottlingException");
  EXPECT_TRUE(got_.empty());
  EXPECT_EQ(publish("/topics/t%2F1?retain=true"), "200");
}

class DescribeEndpoint : public IotTest {};

TEST_F(DescribeEndpoint, IsTheConfiguredHost) {
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
}  // namespace fescue::cloud
