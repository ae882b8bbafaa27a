// The "AWS IoT" message broker: an MQTT server with the rules of AWS IoT and of the cores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/broker/iot_rules.h"
#include "tests/fakes/mqtt_test_client.h"

namespace fescue::cloud {
namespace {

using mqtt::QoS;
using mqtt::SubscribeCode;
using testing::ElementsAre;

struct BrokerTest : testing::Test {
  ~BrokerTest() override { loop.run(broker.stop()); }

  StreamPtr stream(const Principal& principal = {"uid 0", {}}) {
    auto [ours, theirs] = loop.stream_pair();
    broker.serve(std::move(ours), Admission::accept(principal));
    return std::move(theirs);
  }
  /// A connected client.
  std::unique_ptr<mqtt::TestClient> client(const std::string& id, const Principal& principal = {"uid 0", {}}) {
    auto made = std::make_unique<mqtt::TestClient>(loop, stream(principal), id);
    made->connect();
    return made;
  }
  static Principal of_thing(const std::string& thing) { return {"certificate of " + thing, {ThingName(thing)}}; }
  static Topic topic(std::string_view text) { return Topic::parse(text).value(); }

  mqtt::TestLoop loop;
  CoreNames cores{{ThingName("core1")}};
  IotRules rules{cores};
  MqttServer broker{loop.io, iot_limits(), rules};
};

TEST_F(BrokerTest, AStrangerIsNotCalledAsACoreWhetherItIsThereOrNot) {
  auto early = client("core1");
  EXPECT_EQ(early->closed->text, "the server refused the connection: not authorized");
  auto core = client("core1", of_thing("core1"));
  auto stranger = client("core1", of_thing("core"));
  EXPECT_EQ(stranger->closed->text, "the server refused the connection: not authorized");
  EXPECT_FALSE(core->closed);
  auto renewed = client("core1", of_thing("core1"));
  EXPECT_TRUE(renewed->is_connected);
  core->wait_closed();
  EXPECT_EQ(broker.counters().connects_refused, 2u);
}

TEST_F(BrokerTest, OfOthersTheNewestTakesTheClientId) {
  auto first = client("sensor-7", of_thing("evil"));
  auto second = client("sensor-7");
  EXPECT_TRUE(second->is_connected);
  first->wait_closed();
}

TEST_F(BrokerTest, WhoHasTheIdOfANewCoreLosesItWhenRightsAreLookedAt) {
  auto device = client("core2", of_thing("lamp"));
  cores.add(R"({"Cores":[{"ThingArn":"arn:aws:iot:us-west-2:123456789012:thing/core2"}]})");
  auto core = client("core2", of_thing("core2"));
  EXPECT_TRUE(core->is_connected);
  device->wait_closed();
  EXPECT_FALSE(client("core2", of_thing("lamp"))->is_connected);
}

TEST_F(BrokerTest, OnlyTheCoreUsesItsTopics) {
  auto core = client("core1", of_thing("core1"));
  auto other = client("core2", of_thing("core2"));
  auto plain = client("plain");
  EXPECT_EQ(core->subscribe("$fescue/cores/core1/deployments/notify", QoS::at_least_once), SubscribeCode::granted_qos1);
  EXPECT_EQ(core->subscribe("$fescue/cores/core1/#"), SubscribeCode::refused);
  EXPECT_EQ(core->subscribe("$fescue/#"), SubscribeCode::refused);
  EXPECT_EQ(other->subscribe("$fescue/cores/core1/deployments/notify"), SubscribeCode::refused);
  EXPECT_EQ(plain->subscribe("$fescue/cores/core1/deployments/notify"), SubscribeCode::refused);
  EXPECT_EQ(plain->subscribe("#"), SubscribeCode::granted_qos0);
  EXPECT_EQ(plain->subscribe("+/cores/core1/x"), SubscribeCode::granted_qos0);
  EXPECT_EQ(broker.counters().subscribes_refused, 4u);

  int hellos = 0;
  auto heard =
      broker.subscribe(TopicFilter::parse("$fescue/cores/+/hello").value(), [&](const LocalMessage&) { ++hellos; });
  broker.publish(topic("$fescue/cores/core1/deployments/notify"), Payload("deploy"), QoS::at_least_once);
  core->receive(1);
  EXPECT_THAT(core->messages, ElementsAre("$fescue/cores/core1/deployments/notify=deploy at 1"));
  core->publish("$fescue/cores/core1/hello", "mine", QoS::at_least_once);
  core->finish_publishing();
  for (auto* stranger : {&other, &plain}) {
    (*stranger)->publish("$fescue/cores/core1/hello", "forged", QoS::at_least_once);
    (*stranger)->wait_closed();
    EXPECT_THAT((*stranger)->published, ElementsAre());
    EXPECT_THAT((*stranger)->messages, ElementsAre());
  }
  loop.settle();
  EXPECT_EQ(hellos, 1);
  EXPECT_EQ(broker.counters().publishes_refused, 2u);
  core->publish("$fescue/cores/core1/deployments/notify", "forged", QoS::at_least_once);
  core->wait_closed();
  EXPECT_EQ(core->messages.size(), 1u);
  EXPECT_EQ(broker.counters().publishes_refused, 3u);
}

TEST_F(BrokerTest, TopicsWithADollarAreNotClients) {
  auto one = client("one");
  EXPECT_EQ(one->subscribe("$SYS/#"), SubscribeCode::refused);
  EXPECT_EQ(one->subscribe("$aws/events/presence/#"), SubscribeCode::refused);
  EXPECT_EQ(one->subscribe("$aws/things/+/shadow/#"), SubscribeCode::granted_qos0);
  one->publish("$aws/things/lamp/shadow/update", "{}", QoS::at_least_once);
  one->finish_publishing();
  EXPECT_FALSE(one->closed);
  one->publish("$aws/events/presence/connected/x", "{}", QoS::at_least_once);
  one->wait_closed();
  EXPECT_EQ(broker.counters().publishes_refused, 1u);
}

TEST_F(BrokerTest, ACoreMayHaveAFilterForEachRow) {
  auto core = client("core1", of_thing("core1"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(core->subscribe("row/" + std::to_string(i)), SubscribeCode::granted_qos0);
}

}  // namespace
}  // namespace fescue::cloud
