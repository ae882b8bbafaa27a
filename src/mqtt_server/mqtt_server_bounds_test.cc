// What one certificate may take, and what all may.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mqtt_server/accounts.h"
#include "mqtt_server/mqtt_server.h"
#include "tests/fakes/mqtt_test_client.h"

namespace fescue {
namespace {

using mqtt::QoS;
using mqtt::SubscribeCode;

const Principal kOwner{"owner", {}};

struct KindsByName final : AccessRules {
  bool allow(const AccessRequest&) const override { return true; }
  ClientKind kind_of(const Principal& who) const override {
    if (who.name == kOwner.name) return ClientKind::owner;
    return who.name == core ? ClientKind::core : ClientKind::device;
  }
  std::string core = "a core";
};

struct MqttServerBounds : testing::Test {
  ~MqttServerBounds() override { loop.run(server.stop()); }

  StreamPtr stream(const Principal& principal) {
    auto [ours, theirs] = loop.stream_pair();
    server.serve(std::move(ours), Admission::accept(principal));
    return std::move(theirs);
  }
  std::unique_ptr<mqtt::TestClient> client(const std::string& id, const Principal& principal) {
    auto made = std::make_unique<mqtt::TestClient>(loop, stream(principal), id);
    made->connect();
    return made;
  }
  static Topic topic(std::string_view text) { return Topic::parse(text).value(); }

  const std::size_t kFilterMemory = mqtt_server::memory_of_filter("row/0");
  MqttServerLimits limits{.max_connections = 8,
                          .max_connections_of_certificate = 3,
                          .max_subscriptions_per_client = 5,
                          .max_filter_levels = 4,
                          .max_filter_memory_of_certificate = 6 * kFilterMemory,
                          .max_filter_memory = 10 * kFilterMemory,
                          .retained = {.topics = 100, .topics_of_publisher = 2},
                          .max_output_of_certificate = 1'500'000,
                          .max_publish_rate = 100};
  KindsByName rules;
  mqtt::TestLoop loop;
  MqttServer server{loop.io, limits, rules};
};

TEST_F(MqttServerBounds, ACertificateHasSoManyConnections) {
  const Principal one{"one", {}}, other{"other", {}};
  std::vector<std::unique_ptr<mqtt::TestClient>> connected;
  for (const char* id : {"a", "b", "c"}) connected.push_back(client(id, one));
  const std::uint64_t before = server.counters().connections_refused;
  EXPECT_FALSE(client("d", one)->is_connected);
  EXPECT_EQ(server.counters().connections_refused, before + 1);
  EXPECT_TRUE(client("e", other)->is_connected);
  connected.pop_back();
  loop.run_until([&] { return !server.is_connected("c"); });
  EXPECT_TRUE(client("d", one)->is_connected);
  for (const char* id : {"o1", "o2", "o3", "o4"}) {
    connected.push_back(client(id, kOwner));
    EXPECT_TRUE(connected.back()->is_connected) << id;
  }
}

TEST_F(MqttServerBounds, ACoreMayHaveMoreAndDeeperFilters) {
  auto device = client("device", {"a device", {}}), core = client("core", {rules.core, {}});
  for (int i = 0; i < 6; ++i) {
    const std::string filter = "row/" + std::to_string(i);
    EXPECT_EQ(core->subscribe(filter), SubscribeCode::granted_qos0);
    EXPECT_EQ(device->subscribe(filter), i < 5 ? SubscribeCode::granted_qos0 : SubscribeCode::refused);
  }
  EXPECT_EQ(core->subscribe("a/b/c/d/e/f"), SubscribeCode::granted_qos0);
  rules.core = "a device";
  server.access_changed([](const Principal&) { return true; });
  EXPECT_EQ(device->subscribe("a/b/c/d/e/f"), SubscribeCode::granted_qos0) << "it has become one";
  EXPECT_EQ(core->subscribe("one/more"), SubscribeCode::refused) << "it is none any more";
}

TEST_F(MqttServerBounds, TheFiltersOfACertificateHaveABoundTogether) {
  const auto add = [](mqtt::TestClient& to, int from, int end) {
    for (int i = from; i < end; ++i) {
      EXPECT_EQ(to.subscribe("row/" + std::to_string(i)), SubscribeCode::granted_qos0) << i;
    }
  };
  const Principal one{"one", {}}, other{"other", {}};
  auto first = client("first", one), second = client("second", one), third = client("third", other);
  add(*first, 0, 4);
  EXPECT_EQ(server.counters().filter_bytes, 4 * kFilterMemory);
  add(*second, 4, 6);
  EXPECT_EQ(second->subscribe("row/6"), SubscribeCode::refused);
  EXPECT_EQ(first->subscribe("row/0", QoS::at_least_once), SubscribeCode::granted_qos1) << "it has that";
  add(*third, 0, 4);
  auto fourth = client("fourth", {"yet another", {}});
  EXPECT_EQ(fourth->subscribe("row/0"), SubscribeCode::refused) << "all together";
  first->connection->disconnect();
  loop.run_until([&] { return !server.is_connected("first"); });
  add(*second, 6, 7);
  add(*fourth, 0, 1);
  const std::string_view filters[] = {"row/6"};
  ASSERT_TRUE(second->connection->unsubscribe(filters, 1));
  loop.run_until([&] { return server.counters().filter_bytes == 7 * kFilterMemory; });
}

TEST_F(MqttServerBounds, WhatWaitsForTheConnectionsOfACertificateHasABoundTogether) {
  const Principal slow{"slow", {}};
  std::vector<std::unique_ptr<mqtt::RawPeer>> lazy;
  for (const std::string id : {"l1", "l2", "l3"}) {
    lazy.push_back(std::make_unique<mqtt::RawPeer>(loop, stream(slow)));
    lazy.back()->send(mqtt::Connect{.client_id = id});
    lazy.back()->send(mqtt::Subscribe{1, {{"t", QoS::at_most_once}}});
    lazy.back()->read(9);
  }
  auto honest = client("honest", {"honest", {}});
  honest->subscribe("t");
  const std::string payload(100'000, 'x');
  for (int i = 0; i < 40; ++i) {
    server.publish(topic("t"), Payload(payload), QoS::at_most_once);
    honest->receive(static_cast<std::size_t>(i) + 1);
  }
  EXPECT_EQ(honest->messages.size(), 40u) << "the others' bound is not its";
  EXPECT_GT(server.counters().messages_dropped, 0u);
  EXPECT_LE(server.counters().output_bytes, limits.max_output_of_certificate);
  EXPECT_GT(server.counters().output_bytes, limits.max_output_of_certificate / 2);
  lazy.clear();
  loop.run_until([&] { return server.counters().output_bytes == 0; });
}

TEST_F(MqttServerBounds, WhoPublishesTooFastIsHeardInTheEnd) {
  auto device = client("device", {"a device", {}}), core = client("core", {rules.core, {}});
  auto witness = client("witness", kOwner);
  witness->subscribe("#");
  for (int i = 0; i < 120; ++i) core->publish("core", "x");
  witness->receive(120);
  EXPECT_EQ(server.counters().publishes_slowed, 0u);
  for (int i = 0; i < 120; ++i) device->publish("device", "x");
  witness->receive(240);
  EXPECT_EQ(witness->messages.size(), 240u);
  EXPECT_GT(server.counters().publishes_slowed, 0u);
  EXPECT_FALSE(device->closed);
}

TEST_F(MqttServerBounds, RetainedMessagesCountOnTheirCertificate) {
  const auto retain = [](mqtt::RawPeer& peer, std::string_view on) {
    peer.send(mqtt::Publish{.topic = on, .payload = "x", .retain = mqtt::Retain::yes});
  };
  mqtt::RawPeer device(loop, stream({"a device", {}})), other(loop, stream({"another", {}}));
  device.send(mqtt::Connect{.client_id = "device"});
  other.send(mqtt::Connect{.client_id = "other"});
  for (const char* on : {"t/1", "t/2", "t/3"}) retain(device, on);
  loop.run_until([&] { return server.counters().retained_refused == 1; });
  EXPECT_EQ(server.counters().retained_topics, 2u);
  EXPECT_EQ(server.retained().find("t/1")->publisher, "a device");
  retain(other, "t/3");
  loop.run_until([&] { return server.counters().retained_topics == 3; });
}

}  // namespace
}  // namespace fescue
