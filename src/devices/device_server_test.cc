// Real clients over real TLS against the devices' server, whose publisher is the dispatcher.
#include "devices/device_server.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/routing/dispatcher.h"
#include "sys/tls/x509.h"
#include "tests/fakes/mqtt_test_client.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using mqtt::QoS;
using mqtt::SubscribeCode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A certificate of an authority that the core has never heard of, as AWS's own would be; it has expired.
TlsIdentity device_identity() {
  static const Authority authority = *make_authority("somebody", std::chrono::hours(1), generate_ec_key(), wall_now());
  const KeyPair key = generate_ec_key();
  CertificateRequest request;
  request.public_key_pem = key.public_pem;
  request.validity = std::chrono::hours(-1);
  return {*issue_certificate(authority, request), key.private_pem};
}

class KeptMessages final : public MessageTarget {
 public:
  bool has_room(const Endpoint&, const Message&) const override { return true; }
  void deliver(const Endpoint&, const Message& message) override {
    got.push_back(message.source.str() + " " + message.topic.str() + "=" + std::string(message.payload.view()));
  }
  std::vector<std::string> got;
};

struct DeviceServerTest : testing::Test {
  DeviceServerTest() : server(loop.io, {temp.path("server"), ThingName("core"), ""}, listen(), dispatcher, pool) {
    dispatcher.set_target(EndpointKind::thing, server);
    dispatcher.set_target(EndpointKind::cloud, cloud);
    loop.run(server.start());
  }
  ~DeviceServerTest() override { loop.run(server.stop()); }

  Listeners listen() {
    auto listeners = listen_on(loop.io, "127.0.0.1", 0, "--test");
    port = listeners->port;
    return std::move(*listeners);
  }

  static Endpoint thing(const std::string& name) {
    return Endpoint::parse("arn:aws:iot:us-west-2:123456789012:thing/" + name).value();
  }
  static Device device(const std::string& name, const TlsIdentity& identity) {
    const std::string id = inspect_certificate(identity.certificate_chain_pem)->sha256;
    return {std::get<ThingArn>(thing(name).value()), "arn:aws:iot:r:1:cert/" + id, false};
  }
  void deploy(std::vector<Device> devices) {
    auto group = std::make_shared<Group>();
    group->devices = std::move(devices);
    server.prepare({group, {}}, [](const Result<void>& done) { EXPECT_TRUE(done); });
    server.commit();
  }
  void routes(const std::vector<std::tuple<Endpoint, std::string, Endpoint>>& rows) {
    std::vector<Subscription> table;
    for (const auto& [source, filter, target] : rows) {
      table.push_back({"row", source, TopicFilter::parse(filter).value(), target});
    }
    dispatcher.set_table(std::make_shared<const RoutingTable>(table));
  }

  Task<void> dial(TlsIdentity identity, StreamPtr& into) {
    const auto ca = real_file_system().read(temp.path("server/ca.crt"), 65536);
    const auto tls = make_tls_client(identity, *ca);
    auto stream = co_await connect_tls("localhost", port, *tls, std::chrono::seconds(10));
    if (stream) into = std::move(*stream);
  }
  std::unique_ptr<mqtt::TestClient> client(const std::string& id, const TlsIdentity& identity) {
    StreamPtr stream;
    loop.run(dial(identity, stream));
    EXPECT_TRUE(stream);
    auto made = std::make_unique<mqtt::TestClient>(loop, std::move(stream), id);
    made->connect();
    return made;
  }
  boost::json::object status() const {
    boost::json::object out;
    server.add_status(out);
    return out.at("devices").as_object();
  }
  std::string metrics() const {
    MetricsText out;
    server.add_metrics(out);
    return out.take();
  }

  TempDirectory temp;
  mqtt::TestLoop loop;
  BlockingPool pool;
  std::uint16_t port = 0;
  std::vector<std::string> dropped;
  Dispatcher dispatcher{
      [this](const Endpoint& source, const Topic& topic) { dropped.push_back(source.str() + " " + topic.str()); }};
  KeptMessages cloud;
  DeviceServer server;
  const TlsIdentity lamp = device_identity(), door = device_identity();
};

TEST_F(DeviceServerTest, WhatADeviceSaysGoesWhereTheRowsSay) {
  deploy({device("lamp", lamp), device("door", door)});
  routes({{thing("lamp"), "up/#", Endpoint::cloud()}, {thing("lamp"), "to/door", thing("door")}});
  auto one = client("lamp", lamp), two = client("door", door);
  EXPECT_EQ(two->subscribe("#"), SubscribeCode::granted_qos0);
  one->publish("up/1", "a", QoS::at_least_once, 1);
  one->publish("other", "b", QoS::at_least_once, 2);
  one->publish("$aws/things/core/x", "c", QoS::at_least_once, 3);
  one->publish("to/door", "d", QoS::at_least_once, 4);
  one->finish_publishing();
  two->receive(1);
  EXPECT_THAT(one->published, ElementsAre(1U, 2U, 3U, 4U));
  EXPECT_THAT(cloud.got, ElementsAre("arn:aws:iot:us-west-2:123456789012:thing/lamp up/1=a"));
  EXPECT_THAT(two->messages, ElementsAre("to/door=d at 0"));
  EXPECT_THAT(dropped, ElementsAre("arn:aws:iot:us-west-2:123456789012:thing/lamp other"));
  EXPECT_EQ(dispatcher.counters().reserved, 1U);
  EXPECT_FALSE(one->closed);
}

TEST_F(DeviceServerTest, WhatADeviceCannotTakeIsLostAndCounted) {
  deploy({device("lamp", lamp), device("door", door)});
  routes({{Endpoint::cloud(), "#", thing("lamp")}, {Endpoint::cloud(), "#", thing("door")}});
  auto one = client("lamp", lamp);
  one->subscribe("a/+");
  const auto say = [&](std::string_view topic) {
    EXPECT_TRUE(dispatcher.publish({Endpoint::cloud(), Topic::parse(topic).value(), Payload("x")},
                                   QueueFullPolicy::all_or_error));
  };
  say("b");
  say("a/b");
  one->receive(1);
  EXPECT_THAT(one->messages, ElementsAre("a/b=x at 0"));
  EXPECT_EQ(status().at("lost").at("not_subscribed"), 1);
  EXPECT_EQ(status().at("lost").at("not_connected"), 2);
  EXPECT_THAT(metrics(), HasSubstr("fescue_device_messages_lost_total{cause=\"not_connected\"} 2"));
}

TEST_F(DeviceServerTest, StrangersAndWrongClientIdsDoNotComeIn) {
  deploy({device("lamp", lamp), device("door", door)});
  EXPECT_EQ(client("door", lamp)->closed->text, "the server refused the connection: not authorized");
  EXPECT_EQ(client("", lamp)->closed->text, "the server refused the connection: not authorized");
  const auto stranger = client("lamp", device_identity());
  EXPECT_TRUE(stranger->closed && !stranger->is_connected);
  StreamPtr without;
  loop.run(dial({}, without));
  auto right = client("lamp", lamp);
  EXPECT_TRUE(right->is_connected);
  EXPECT_THAT(metrics(), HasSubstr("fescue_mqtt_refused_total{cause=\"connect\"} 2"));
  EXPECT_EQ(status().at("connected"), 1);
}

TEST_F(DeviceServerTest, ADeploymentExpelsWhoIsOutAndNobodyElse) {
  const TlsIdentity bell = device_identity();
  deploy({device("lamp", lamp), device("door", door), device("bell", bell)});
  routes({{thing("lamp"), "#", Endpoint::cloud()}});
  auto stays = client("lamp", lamp), out = client("door", door), renewed = client("bell", bell);
  server.prepare({std::make_shared<Group>(), {}}, [](const Result<void>&) {});
  server.roll_back();
  loop.settle();
  EXPECT_FALSE(out->closed) << "rolled back";
  deploy({device("lamp", lamp), device("bell", device_identity())});
  out->wait_closed();
  renewed->wait_closed();
  stays->publish("still", "here", QoS::at_least_once);
  stays->finish_publishing();
  EXPECT_THAT(cloud.got, ElementsAre("arn:aws:iot:us-west-2:123456789012:thing/lamp still=here"));
  EXPECT_TRUE(client("door", door)->closed);
  EXPECT_THAT(metrics(), HasSubstr("fescue_mqtt_refused_total{cause=\"revoked\"} 2"));
  bool ended = false;
  server.deactivate([&] { ended = true; });
  EXPECT_TRUE(ended);
  stays->wait_closed();
}

TEST_F(DeviceServerTest, AWillIsSaidByTheDeviceThatIsStillOne) {
  deploy({device("lamp", lamp), device("door", door)});
  routes({{thing("lamp"), "#", Endpoint::cloud()}, {thing("door"), "#", Endpoint::cloud()}});
  for (const auto& [name, identity] : {std::pair("door", door), std::pair("lamp", lamp)}) {
    StreamPtr stream;
    loop.run(dial(identity, stream));
    mqtt::RawPeer peer(loop, std::move(stream));
    peer.send(mqtt::Connect{.client_id = name, .will = mqtt::Will{"gone", "will"}});
    peer.read(4);
    if (name == std::string("door")) {
      deploy({device("lamp", lamp)});
      peer.read_to_end();
    }
    peer.close();
  }
  loop.run_until([&] { return !cloud.got.empty(); });
  EXPECT_THAT(cloud.got, ElementsAre("arn:aws:iot:us-west-2:123456789012:thing/lamp gone=will"));
}

TEST_F(DeviceServerTest, SaysWhyItIsNotServingWhenSomebodyWouldMissIt) {
  DeviceServer closed(loop.io, {temp.path("closed"), ThingName("core"), "port 8883 is taken"}, {}, dispatcher, pool);
  loop.run(closed.start());
  closed.open();
  EXPECT_THAT(closed.warnings(), IsEmpty());
  auto group = std::make_shared<Group>();
  group->devices = {device("lamp", lamp)};
  closed.prepare({group, {}}, [](const Result<void>&) {});
  closed.commit();
  EXPECT_THAT(closed.warnings(), ElementsAre(HasSubstr("port 8883 is taken")));
  loop.run(closed.stop());
}

}  // namespace
}  // namespace fescue
