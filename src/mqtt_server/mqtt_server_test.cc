// Clients and in-process subscribers of a server on real streams.
#include "mqtt_server/mqtt_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/net/connect.h"
#include "sys/net/listener.h"
#include "sys/tls/tls.h"
#include "tests/fakes/eager_stream.h"
#include "tests/fakes/mqtt_test_client.h"

namespace fescue {
namespace {

using namespace std::string_literals;
using mqtt::CloseCause;
using mqtt::QoS;
using mqtt::SubscribeCode;
using testing::ElementsAre;

struct TestRules final : AccessRules {
  bool allow(const AccessRequest& request) const override {
    const std::string wish = std::string(name_of(request.action)) + " " + std::string(request.resource);
    return wish != forbidden && (request.action != Action::receive || !is_forbidden_row(request));
  }
  bool is_forbidden_row(const AccessRequest& request) const {
    return request.from == forbidden_source && request.who.name == forbidden_receiver;
  }

  std::string forbidden;  // "publish secret/x"
  SourceId forbidden_source{99};
  std::string forbidden_receiver;
};

struct MqttServerTest : testing::Test {
  ~MqttServerTest() override { loop.run(server.stop()); }

  StreamPtr stream(const Principal& principal = {"uid 0", {}}) {
    auto [ours, theirs] = loop.stream_pair();
    server.serve(std::move(ours), Admission::accept(principal));
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
  static TopicFilter filter(std::string_view text) { return TopicFilter::parse(text).value(); }

  MqttServerLimits limits{
      .max_connections = 8, .max_subscriptions_per_client = 5, .max_filter_levels = 4, .retained = {.topics = 100}};
  TestRules rules;
  mqtt::TestLoop loop;
  MqttServer server{loop.io, limits, rules};
};

TEST_F(MqttServerTest, SendsToEverySubscriberAtItsQoS) {
  auto publisher = client("publisher");
  auto zero = client("zero");
  auto one = client("one");
  auto other = client("other");
  EXPECT_EQ(zero->subscribe("a/+"), SubscribeCode::granted_qos0);
  EXPECT_EQ(one->subscribe("a/#", QoS::at_least_once), SubscribeCode::granted_qos1);
  EXPECT_EQ(one->subscribe("a/b", QoS::exactly_once), SubscribeCode::granted_qos1);
  other->subscribe("b");
  publisher->publish("a/b", "x", QoS::at_least_once);
  publisher->publish("a/b", "y", QoS::at_most_once);
  publisher->publish("b", "last");
  zero->receive(2);
  one->receive(2);
  other->receive(1);
  EXPECT_THAT(zero->messages, ElementsAre("a/b=x at 0", "a/b=y at 0"));
  EXPECT_THAT(one->messages, ElementsAre("a/b=x at 1", "a/b=y at 0"));
  EXPECT_THAT(other->messages, ElementsAre("b=last at 0"));
}

TEST_F(MqttServerTest, AClientHearsItself) {
  auto self = client("self");
  self->subscribe("#");
  self->publish("t", "echo");
  self->receive(1);
  EXPECT_THAT(self->messages, ElementsAre("t=echo at 0"));
}

TEST_F(MqttServerTest, UnsubscribedMeansNoMore) {
  auto one = client("one");
  one->subscribe("a");
  one->subscribe("b");
  const std::string_view filters[] = {"a", "never subscribed"};
  ASSERT_TRUE(one->connection->unsubscribe(filters, 1));
  one->publish("a", "no");
  one->publish("b", "yes");
  one->receive(1);
  EXPECT_THAT(one->messages, ElementsAre("b=yes at 0"));
  EXPECT_EQ(server.counters().subscriptions_now, 1u);
}

TEST_F(MqttServerTest, RetainIsTakenAndDeliveredAsZero) {
  mqtt::RawPeer publisher(loop, stream());
  auto subscriber = client("subscriber");
  subscriber->subscribe("t");
  publisher.send(mqtt::Connect{.client_id = "raw"});
  publisher.send(mqtt::Publish{.topic = "t", .payload = "kept?", .retain = mqtt::Retain::yes});
  subscriber->receive(1);
  EXPECT_FALSE(subscriber->retained_seen);
}

TEST_F(MqttServerTest, WhatIsRetainedIsSentToLaterSubscribers) {
  mqtt::RawPeer publisher(loop, stream());
  auto witness = client("witness");
  witness->subscribe("#");
  publisher.send(mqtt::Connect{.client_id = "raw"});
  publisher.send(mqtt::Publish{.topic = "t/1", .payload = "old", .retain = mqtt::Retain::yes});
  publisher.send(mqtt::Publish{.topic = "t/1", .payload = "kept", .retain = mqtt::Retain::yes});
  publisher.send(mqtt::Publish{.topic = "t/2", .payload = "passing"});
  publisher.send(mqtt::Publish{.topic = "t/3", .payload = "removed", .retain = mqtt::Retain::yes});
  publisher.send(mqtt::Publish{.topic = "t/3", .payload = "", .retain = mqtt::Retain::yes});
  witness->receive(5);
  EXPECT_EQ(witness->messages.back(), "t/3= at 0");
  auto late = client("late");
  EXPECT_EQ(late->subscribe("t/+", QoS::at_least_once), SubscribeCode::granted_qos1);
  late->receive(1);
  EXPECT_TRUE(late->retained_seen);
  EXPECT_THAT(late->messages, ElementsAre("t/1=kept at 0"));
}

TEST_F(MqttServerTest, RetainedMessagesAreOnlyForThoseWhoMayReceiveThem) {
  ASSERT_TRUE(server.retained().set(topic("secret/x"), "s", QoS::at_least_once, wall_now()));
  ASSERT_TRUE(server.retained().set(topic("secret/y"), "o", QoS::at_least_once, wall_now()));
  rules.forbidden = "receive secret/x";
  auto late = client("late");
  late->subscribe("secret/+", QoS::at_least_once);
  late->receive(1);
  EXPECT_THAT(late->messages, ElementsAre("secret/y=o at 1"));
}

TEST_F(MqttServerTest, ARetainedWillIsKept) {
  {
    mqtt::RawPeer gone(loop, stream());
    gone.send(mqtt::Connect{.client_id = "gone",
                            .will = mqtt::Will{.topic = "state", .payload = "off", .retain = mqtt::Retain::yes}});
    loop.run_until([&] { return server.is_connected("gone"); });
  }
  loop.run_until([&] { return !server.is_connected("gone"); });
  ASSERT_NE(server.retained().find("state"), nullptr);
  EXPECT_EQ(server.retained().find("state")->payload, "off");
}

TEST_F(MqttServerTest, RetainedMessagesThatDoNotFitAreLeftOut) {
  const std::string big(100'000, 'x');
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(server.retained().set(topic("t/" + std::to_string(i)), big, QoS::at_least_once, wall_now()));
  }
  auto late = client("late");
  late->subscribe("t/+", QoS::at_least_once);
  late->receive(1);
  EXPECT_GT(server.counters().messages_dropped, 0u);
  late->publish("still", "here", QoS::at_least_once);
  EXPECT_FALSE(late->closed.has_value());
}

TEST_F(MqttServerTest, TheSameClientIdTakesOver) {
  auto first = client("same");
  first->subscribe("t");
  auto second = client("same");
  EXPECT_TRUE(second->is_connected);
  first->wait_closed();
  EXPECT_EQ(first->closed->cause, CloseCause::peer_closed);
  EXPECT_EQ(server.counters().taken_over, 1u);
  EXPECT_EQ(server.counters().connections_now, 1u);
  EXPECT_EQ(server.counters().subscriptions_now, 0u);
  EXPECT_TRUE(server.is_connected("same"));
}

TEST_F(MqttServerTest, AWillIsPublishedUnlessDisconnectIsSaid) {
  auto watcher = client("watcher");
  watcher->subscribe("wills/#");
  for (const std::string id : {"polite", "lost"}) {
    mqtt::RawPeer peer(loop, stream());
    const std::string will_topic = "wills/" + id;
    peer.send(mqtt::Connect{.client_id = id, .will = mqtt::Will{will_topic, "gone", QoS::at_least_once}});
    peer.read(4);
    if (id == "polite") {
      peer.send(mqtt::Disconnect{});
      peer.read_to_end();
    }
    peer.close();
  }
  watcher->receive(1);
  EXPECT_THAT(watcher->messages, ElementsAre("wills/lost=gone at 0"));
}

TEST_F(MqttServerTest, AForbiddenWillIsNotPublished) {
  rules.forbidden = "publish wills/x";
  auto watcher = client("watcher");
  watcher->subscribe("wills/#");
  mqtt::RawPeer peer(loop, stream());
  peer.send(mqtt::Connect{.client_id = "x", .will = mqtt::Will{"wills/x", "gone", QoS::at_most_once}});
  peer.read(4);
  peer.close();
  loop.run_until([&] { return server.counters().publishes_refused == 1; });
  EXPECT_THAT(watcher->messages, ElementsAre());
}

TEST_F(MqttServerTest, AWillOnAReservedTopicIsRefusedAtOnce) {
  rules.forbidden = "publish $aws/x";
  mqtt::RawPeer peer(loop, stream());
  peer.send(mqtt::Connect{.client_id = "x", .will = mqtt::Will{"$aws/x", "gone", QoS::at_most_once}});
  EXPECT_EQ(peer.read(4), std::string("\x20\x02\x00\x05", 4));
  loop.run_until([&] { return server.counters().connections_refused == 1; });
}

TEST_F(MqttServerTest, TheRulesDecide) {
  auto one = client("one");
  rules.forbidden = "subscribe secret/#";
  EXPECT_EQ(one->subscribe("secret/#"), SubscribeCode::refused);
  rules.forbidden = "connect mallory";
  EXPECT_FALSE(client("mallory")->is_connected);
  one->subscribe("t");
  one->publish("t", "1");
  one->receive(1);
  rules.forbidden = "publish t";
  one->publish("t", "2");
  one->receive(2);  // the right is remembered until it is said to have changed
  server.access_changed([](const Principal&) { return true; });
  one->publish("t", "3");
  one->wait_closed();
  EXPECT_EQ(one->messages.size(), 2u);
}

TEST_F(MqttServerTest, ReceivingMayBeForbidden) {
  rules.forbidden = "receive secret";
  auto one = client("one");
  one->subscribe("#");
  one->publish("secret", "x");
  one->publish("secret", "x again");
  one->publish("open", "y");
  one->receive(1);
  EXPECT_THAT(one->messages, ElementsAre("open=y at 0"));
  EXPECT_EQ(server.counters().deliveries_refused, 2u);
}

TEST_F(MqttServerTest, RetainIsARightOfItsOwn) {
  rules.forbidden = "retain t";
  mqtt::RawPeer publisher(loop, stream());
  publisher.send(mqtt::Connect{.client_id = "raw"});
  publisher.send(mqtt::Publish{.topic = "t", .payload = "passing"});
  publisher.send(mqtt::Publish{.topic = "t", .payload = "kept", .retain = mqtt::Retain::yes});
  EXPECT_EQ(publisher.read_to_end().size(), 4u);
  EXPECT_EQ(server.retained().find("t"), nullptr);
  EXPECT_EQ(server.counters().publishes_refused, 1u);
  EXPECT_EQ(server.counters().messages_in, 1u);
}

TEST_F(MqttServerTest, AWillWithRetainNeedsBothRights) {
  rules.forbidden = "retain wills/x";
  mqtt::RawPeer peer(loop, stream());
  peer.send(mqtt::Connect{.client_id = "x",
                          .will = mqtt::Will{.topic = "wills/x", .payload = "gone", .retain = mqtt::Retain::yes}});
  peer.read(4);
  peer.close();
  loop.run_until([&] { return server.counters().publishes_refused == 1; });
  EXPECT_EQ(server.counters().messages_in, 0u);
}

TEST_F(MqttServerTest, SubscriptionsThatAreNotAllowedAnyMoreEnd) {
  auto one = client("one"), two = client("two", {"somebody else", {}});
  for (auto* each : {&one, &two}) {
    (*each)->subscribe("a");
    (*each)->subscribe("b");
  }
  rules.forbidden = "subscribe a";
  server.access_changed([](const Principal& who) { return who.name == "uid 0"; });
  EXPECT_EQ(server.counters().rights_revoked, 1u);
  EXPECT_EQ(server.counters().subscriptions_now, 3u);
  two->publish("a", "for two");
  two->publish("b", "for both");
  one->receive(1);
  two->receive(2);
  EXPECT_THAT(one->messages, ElementsAre("b=for both at 0"));
  EXPECT_FALSE(one->closed);
}

TEST_F(MqttServerTest, AConnectionThatIsNotAllowedAnyMoreIsClosed) {
  auto one = client("one"), two = client("two");
  rules.forbidden = "connect one";
  server.access_changed([](const Principal&) { return true; });
  one->wait_closed();
  EXPECT_EQ(server.counters().rights_revoked, 1u);
  two->subscribe("t");
  EXPECT_FALSE(two->closed);
}

TEST_F(MqttServerTest, ConnectsThatAreNotAllowedAreCounted) {
  rules.forbidden = "connect mallory";
  EXPECT_FALSE(client("mallory")->is_connected);
  EXPECT_EQ(server.counters().connects_refused, 1u);
  loop.run_until([&] { return server.counters().connections_refused == 1; });
}

TEST_F(MqttServerTest, ReceivingIsDecidedBySourceReceiverAndTopic) {
  auto thermometer = client("thermometer", {"thermometer", {}, SourceId{1}});
  auto switched = client("switch", {"switch", {}, SourceId{2}});
  auto display = client("display", {"display", {}, SourceId{3}});
  rules.forbidden_source = SourceId{2};
  rules.forbidden_receiver = "display";
  display->subscribe("t");
  switched->publish("t", "from the switch", QoS::at_least_once);
  switched->finish_publishing();
  thermometer->publish("t", "from the thermometer");
  display->receive(1);
  EXPECT_EQ(server.publish(topic("t"), Payload("in the switch's name"), QoS::at_most_once, SourceId{2}), 0u);
  EXPECT_EQ(server.publish(topic("t"), Payload("the owner's"), QoS::at_most_once), 1u);
  display->receive(2);
  EXPECT_THAT(display->messages, ElementsAre("t=from the thermometer at 0", "t=the owner's at 0"));
}

TEST_F(MqttServerTest, RefusedConnectionsAreClosedAndCounted) {
  auto [ours, theirs] = loop.stream_pair();
  server.serve(std::move(ours), Admission::refuse("uid 1000 is not allowed"));
  mqtt::RawPeer peer(loop, std::move(theirs));
  EXPECT_EQ(peer.read_to_end(), "");
  EXPECT_EQ(server.counters().connections_refused, 1u);
}

TEST_F(MqttServerTest, ConnectionsAndSubscriptionsAreBounded) {
  std::vector<std::unique_ptr<mqtt::TestClient>> clients;
  clients.reserve(8);
  for (int i = 0; i < 8; ++i) clients.push_back(client("c" + std::to_string(i)));
  EXPECT_FALSE(client("one too many")->is_connected);
  auto& one = *clients[0];
  for (int i = 0; i < 5; ++i) EXPECT_EQ(one.subscribe(std::to_string(i)), SubscribeCode::granted_qos0);
  EXPECT_EQ(one.subscribe("6"), SubscribeCode::refused);
  EXPECT_EQ(one.subscribe("4"), SubscribeCode::granted_qos0);
  auto& two = *clients[1];
  EXPECT_EQ(two.subscribe("a/b/c/d"), SubscribeCode::granted_qos0);
  EXPECT_EQ(two.subscribe("a/b/c/d/e"), SubscribeCode::refused);
  EXPECT_EQ(two.subscribe(std::string(257, 'x')), SubscribeCode::refused);
  EXPECT_EQ(server.counters().subscriptions_now, 6u);
  clients.clear();
  loop.run_until([&] { return server.counters().connections_now == 0; });
  EXPECT_EQ(server.counters().subscriptions_now, 0u);
  EXPECT_EQ(server.counters().connections_accepted, 8u);
}

TEST_F(MqttServerTest, TopicsAndPayloadsAreBounded) {
  auto longest = client("longest");
  longest->publish(std::string(256, 't'), std::string(128 * 1024, 'p'), QoS::at_least_once);
  longest->finish_publishing();
  EXPECT_FALSE(longest->closed);
  longest->publish(std::string(257, 't'), "");
  longest->wait_closed();
  auto heavy = client("heavy");
  heavy->publish("t", std::string(128 * 1024 + 1, 'p'));
  heavy->wait_closed();
  EXPECT_EQ(server.counters().protocol_errors, 2u);
}

TEST_F(MqttServerTest, ClientIdsAreBoundedAndMadeUpWhenEmpty) {
  EXPECT_FALSE(client(std::string(129, 'x'))->is_connected);
  auto nameless = client("");
  auto another = client("");
  EXPECT_EQ(server.counters().connections_now, 2u);
}

TEST_F(MqttServerTest, TheCodeAroundItTakesPart) {
  auto device = client("device");
  device->subscribe("down/#", QoS::at_least_once);
  std::vector<std::string> heard;
  auto up = server.subscribe(filter("up/+"), [&](const LocalMessage& message) {
    heard.push_back(message.topic.str() + "=" + std::string(message.payload.view()));
    server.publish(topic("down/answer"), message.payload, QoS::at_least_once);
  });
  device->publish("up/1", "ping");
  device->receive(1);
  EXPECT_THAT(heard, ElementsAre("up/1=ping"));
  EXPECT_THAT(device->messages, ElementsAre("down/answer=ping at 1"));
  up.cancel();
  device->publish("up/1", "nobody listens", QoS::at_least_once);
  device->finish_publishing();
  loop.settle();
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(MqttServerTest, AHandlerMayCancelItself) {
  SubscriptionHandle self;
  int calls = 0;
  self = server.subscribe(filter("t"), [&](const LocalMessage&) {
    ++calls;
    self.cancel();
  });
  server.publish(topic("t"), Payload("1"), QoS::at_most_once);
  server.publish(topic("t"), Payload("2"), QoS::at_most_once);
  EXPECT_EQ(calls, 0) << "not from inside publish()";
  loop.settle();
  EXPECT_EQ(calls, 1);
}

TEST_F(MqttServerTest, AConnectionMayBeClosedByItsPrincipal) {
  auto core = client("core1", of_thing("core1"));
  auto plain = client("plain");
  EXPECT_EQ(server.close_connections([](const Principal& who, std::string_view) { return !who.things.empty(); },
                                     "the certificate was deactivated"),
            1u);
  core->wait_closed();
  EXPECT_FALSE(plain->closed);
}

TEST_F(MqttServerTest, StoppingClosesEverybodyAndPublishesNoWills) {
  int wills = 0;
  auto watch = server.subscribe(filter("wills/#"), [&](const LocalMessage&) { ++wills; });
  mqtt::RawPeer peer(loop, stream());
  peer.send(mqtt::Connect{.client_id = "x", .will = mqtt::Will{"wills/x", "gone", QoS::at_most_once}});
  peer.read(4);
  auto one = client("one");
  loop.run(server.stop());
  one->wait_closed();
  peer.read_to_end();
  loop.settle();
  EXPECT_EQ(wills, 0);
  EXPECT_EQ(server.counters().connections_now, 0u);
}

TEST_F(MqttServerTest, CountsWhatPasses) {
  auto publisher = client("publisher");
  auto subscriber = client("subscriber");
  subscriber->subscribe("t");
  const auto before = server.counters();
  for (int i = 0; i < 10; ++i) publisher->publish("t", "x", QoS::at_least_once);
  subscriber->receive(10);
  publisher->finish_publishing();
  const auto after = server.counters();
  EXPECT_EQ(after.messages_in - before.messages_in, 10u);
  EXPECT_EQ(after.messages_out - before.messages_out, 10u);
  EXPECT_EQ(after.bytes_in - before.bytes_in, 80u);
  EXPECT_EQ(after.bytes_out - before.bytes_out, 10u * (6 + 4));
  publisher->connection->disconnect();
  loop.run_until([&] { return server.counters().connections_now == 1; });
  EXPECT_GE(server.counters().bytes_in, after.bytes_in);
}

TEST_F(MqttServerTest, ServesTcpClients) {
  auto acceptor = listen_tcp(loop.io, "127.0.0.1", 0, "--iot").value();
  const auto port = acceptor.local_endpoint().port();
  accept_tcp(loop.tasks, std::move(acceptor), [&](StreamPtr accepted) {
    server.serve(std::move(accepted), Admission::accept({"uid 0", {}}));
  });
  std::unique_ptr<mqtt::TestClient> one;
  loop.run([](MqttServerTest& test, std::uint16_t to, std::unique_ptr<mqtt::TestClient>& made) -> Task<void> {
    auto dialled = co_await connect_tcp("127.0.0.1", to, std::chrono::seconds(10));
    made = std::make_unique<mqtt::TestClient>(test.loop, std::move(dialled).value(), "tcp");
  }(*this, port, one));
  one->connect();
  one->subscribe("t");
  const std::string payload(100'000, 'p');
  for (int i = 0; i < 10; ++i) one->publish("t", payload);
  one->receive(10);
  EXPECT_EQ(one->messages, std::vector(10, "t=" + payload + " at 0"));
  loop.tasks.stop();
  loop.run(loop.tasks.join());
}

TEST_F(MqttServerTest, TheFirstFlightMayBeThereBeforeTheServer) {
  std::string refused, pipelined;
  mqtt::append_packet(refused, mqtt::Connect{.client_id = std::string(limits.max_client_id_bytes + 1, 'x')});
  mqtt::append_packet(pipelined, mqtt::Connect{.client_id = "eager"});
  mqtt::append_packet(pipelined, mqtt::Subscribe{1, {{"t", QoS::at_most_once}}});
  mqtt::append_packet(pipelined, mqtt::Publish{.topic = "t", .payload = "x"});
  for (const auto& [flight, answer] :
       {std::pair(refused, "\x20\x02\x00\x02"s),
        std::pair(pipelined, "\x20\x02\x00\x00\x90\x03\x00\x01\x00\x30\x04\x00\x01tx"s)}) {
    auto stream = std::make_unique<EagerStream>(loop.io.get_executor(), std::vector{flight});
    const auto wire = stream->wire();
    asio::post(loop.io, [&] { server.serve(std::move(stream), Admission::accept({"certificate", {}})); });
    loop.run_until([&] { return wire->written.size() >= answer.size(); });
    EXPECT_EQ(wire->written, answer);
  }
}

TEST_F(MqttServerTest, AReaderThatStopsReadingKeepsWhatFitsAndTheRestIsCounted) {
  mqtt::RawPeer lazy(loop, stream());
  lazy.send(mqtt::Connect{.client_id = "lazy"});
  lazy.send(mqtt::Subscribe{1, {{"t", QoS::at_least_once}}});
  lazy.read(9);
  auto publisher = client("publisher");
  const std::string payload(100'000, 'x');
  for (int i = 0; i < 40; ++i) {
    publisher->publish("t", payload, QoS::at_least_once);
    publisher->finish_publishing();
  }
  const std::uint64_t dropped = server.counters().messages_dropped;
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(server.counters().slow_readers_closed, 0u);
  const std::size_t size = 1 + 3 + 2 + 1 + 2 + payload.size();
  EXPECT_EQ(lazy.read((40 - dropped) * size).size(), (40 - dropped) * size);
  lazy.close();
  loop.run_until([&] { return server.counters().messages_unacknowledged > 0; });
  EXPECT_EQ(server.counters().messages_unacknowledged, 40 - dropped);
}

/// A user that decides itself where messages go.
struct SinkTest : testing::Test, PublishSink {
  ~SinkTest() override { loop.run(server.stop()); }

  void take(std::string_view client_id, const Topic& topic, std::string_view payload) override {
    taken.push_back(std::string(client_id) + " " + topic.str() + "=" + std::string(payload));
    if (!forward_to.empty()) server.deliver_to(forward_to, topic, payload, QoS::at_most_once);
  }
  StreamPtr stream(const std::string& thing) {
    auto [ours, theirs] = loop.stream_pair();
    server.serve(std::move(ours), Admission::accept({"certificate of " + thing, {ThingName(thing)}}));
    return std::move(theirs);
  }
  std::unique_ptr<mqtt::TestClient> client(const std::string& id) {
    auto made = std::make_unique<mqtt::TestClient>(loop, stream(id), id);
    made->connect();
    return made;
  }
  DeliveryOutcome deliver(const std::string& id, const std::string& topic, const std::string& payload = "x") {
    return server.deliver_to(id, Topic::parse(topic).value(), payload, QoS::at_most_once);
  }

  TestRules rules;
  mqtt::TestLoop loop;
  MqttServer server{loop.io, {.max_output_per_client = 64 * 1024}, rules, this};
  std::vector<std::string> taken;
  std::string forward_to;
};

TEST_F(SinkTest, TakesEveryPublishInPlaceOfSubscribers) {
  auto one = client("one"), two = client("two");
  two->subscribe("a/#");
  one->publish("a/b", "x", QoS::at_least_once, 7);
  one->finish_publishing();
  EXPECT_THAT(taken, ElementsAre("one a/b=x"));
  EXPECT_THAT(one->published, ElementsAre(7U));
  forward_to = "two";
  one->publish("a/c", "y");
  two->receive(1);
  EXPECT_THAT(two->messages, ElementsAre("a/c=y at 0"));
  EXPECT_EQ(server.counters().messages_in, 2U);
}

TEST_F(SinkTest, DeliversToOneClientThatHasSubscribed) {
  EXPECT_EQ(deliver("one", "a"), DeliveryOutcome::not_connected);
  auto one = client("one"), two = client("two");
  EXPECT_EQ(deliver("one", "a"), DeliveryOutcome::not_subscribed);
  one->subscribe("a/+", QoS::at_least_once);
  one->subscribe("a/b");
  two->subscribe("#");
  EXPECT_EQ(deliver("one", "a/b"), DeliveryOutcome::delivered);
  EXPECT_EQ(deliver("one", "b"), DeliveryOutcome::not_subscribed);
  EXPECT_EQ(deliver("two", "b"), DeliveryOutcome::delivered);
  one->receive(1);
  two->receive(1);
  EXPECT_THAT(one->messages, ElementsAre("a/b=x at 0")) << "once, whatever matches";
  EXPECT_THAT(two->messages, ElementsAre("b=x at 0"));
  EXPECT_EQ(deliver("two", "b", std::string(70'000, 'x')), DeliveryOutcome::no_room);
  EXPECT_EQ(server.counters().messages_dropped, 1U);
  server.close_connections([](const Principal&, std::string_view id) { return id == "two"; }, "test");
  EXPECT_EQ(deliver("two", "b"), DeliveryOutcome::not_connected) << "while it closes";
}

TEST_F(SinkTest, TakesWillsAndKeepsNothing) {
  mqtt::RawPeer peer(loop, stream("one"));
  peer.send(
      mqtt::Connect{.client_id = "one", .will = mqtt::Will{"will/one", "gone", QoS::at_least_once, mqtt::Retain::yes}});
  peer.read(4);
  peer.close();
  loop.run_until([&] { return !taken.empty(); });
  EXPECT_THAT(taken, ElementsAre("one will/one=gone"));
  EXPECT_EQ(server.counters().retained_refused, 1U);
  EXPECT_TRUE(server.retained().all().empty());
}

}  // namespace
}  // namespace fescue
