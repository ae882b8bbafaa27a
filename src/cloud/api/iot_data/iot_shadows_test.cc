// Shadows by signed requests, and what MQTT clients are told.
#include "cloud/api/iot/iot_test_support.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud {
namespace {

class Shadows : public IotTest {
 protected:
  Shadows() {
    subscription_ = broker_.subscribe(TopicFilter::parse("$aws/things/+/shadow/#").value(),
                                      [this](const LocalMessage& message) { told_.push_back(message.topic.str()); });
  }
  std::string verdict_of(std::string_view method, std::string_view target, std::string_view body = {}) {
    return verdict(call("iotdata", method, target, body));
  }
  json::value answer(std::string_view method, std::string_view target, std::string_view body = {}) {
    const HttpResponse response = call("iotdata", method, target, body);
    EXPECT_EQ(response.status, 200U) << response.body;
    return json_of(response);
  }
  std::vector<std::string> told() {
    io_.restart();
    io_.poll();
    return std::exchange(told_, {});
  }

  std::vector<std::string> told_;
  SubscriptionHandle subscription_;
};

TEST_F(Shadows, AreUpdatedReadAndDeleted) {
  EXPECT_EQ(verdict_of("GET", "/things/lamp/shadow"), "404 ResourceNotFoundException");
  const json::value first = answer("POST", "/things/lamp/shadow", R"({"state":{"desired":{"on":true}}})");
  EXPECT_EQ(first.at("version"), 1);
  EXPECT_EQ(first.at("state"), json::parse(R"({"desired":{"on":true}})"));
  const json::value got = answer("GET", "/things/lamp/shadow");
  EXPECT_EQ(got.at("state").at("delta"), json::parse(R"({"on":true})"));
  EXPECT_EQ(got.at("version"), 1);
  EXPECT_EQ(answer("DELETE", "/things/lamp/shadow").at("version"), 1);
  EXPECT_EQ(verdict_of("GET", "/things/lamp/shadow"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict_of("DELETE", "/things/lamp/shadow"), "404 ResourceNotFoundException");
  EXPECT_EQ(answer("POST", "/things/lamp/shadow", R"({"state":{"reported":{"on":false}}})").at("version"), 2);
}

TEST_F(Shadows, TellMqttClients) {
  answer("POST", "/things/lamp/shadow", R"({"state":{"desired":{"on":true}}})");
  EXPECT_EQ(told(), (std::vector<std::string>{"$aws/things/lamp/shadow/update/accepted",
                                              "$aws/things/lamp/shadow/update/documents",
                                              "$aws/things/lamp/shadow/update/delta"}));
  answer("POST", "/things/lamp/shadow?name=n", R"({"state":{"reported":{"on":true}}})");
  EXPECT_EQ(told(), (std::vector<std::string>{"$aws/things/lamp/shadow/name/n/update/accepted",
                                              "$aws/things/lamp/shadow/name/n/update/documents"}));
  answer("DELETE", "/things/lamp/shadow");
  EXPECT_EQ(told(), (std::vector<std::string>{"$aws/things/lamp/shadow/delete/accepted"}));
}

TEST_F(Shadows, NamedOnesAreListedInPages) {
  for (const std::string name : {"b", "a", "c"}) {
    answer("POST", "/things/lamp/shadow?name=" + name, R"({"state":{"reported":{"x":1}}})");
  }
  answer("POST", "/things/lamp/shadow", R"({"state":{"reported":{"x":1}}})");
  answer("DELETE", "/things/lamp/shadow?name=b");
  const std::string list = "/api/things/shadow/ListNamedShadowsForThing/lamp";
  EXPECT_EQ(answer("GET", list).at("results"), json::parse(R"(["a","c"])"));
  const json::value page = answer("GET", list + "?pageSize=1");
  EXPECT_EQ(page.at("results"), json::parse(R"(["a"])"));
  const std::string token(page.at("nextToken").as_string());
  EXPECT_EQ(answer("GET", list + "?nextToken=" + percent_encode(token)).at("results"), json::parse(R"(["c"])"));
}

TEST_F(Shadows, RefusalsHaveTheirNames) {
  const std::string path = "/things/lamp/shadow";
  EXPECT_EQ(verdict_of("POST", path, "{"), "400 InvalidRequestException");
  EXPECT_EQ(verdict_of("POST", path, "{}"), "400 InvalidRequestException");
  EXPECT_EQ(verdict_of("POST", path, R"({"state":{},"version":7})"), "409 ConflictException");
  const std::string large = R"({"state":{"desired":{"a":")" + std::string(9000, 'x') + "\"}}}";
  EXPECT_EQ(verdict_of("POST", path, large), "413 RequestEntityTooLargeException");
  EXPECT_EQ(verdict_of("POST", path, "{\"state\":{\"desired\":{\"a\":\"\xff\"}}}"),
            "415 UnsupportedDocumentEncodingException");
  EXPECT_EQ(verdict_of("GET", "/things/a%20b/shadow"), "400 InvalidRequestException");
  EXPECT_EQ(verdict_of("GET", path + "?name=a%2Fb"), "400 InvalidRequestException");
  EXPECT_EQ(verdict_of("GET", path + "?name="), "400 InvalidRequestException");
  EXPECT_TRUE(told().empty());
}

}  // namespace
}  // namespace fescue::cloud
