// The client's side with bytes for packets and numbers for time; no sockets.
#include "mqtt/client_session.h"

#include <cstring>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mqtt/session_test_support.h"

namespace fescue::mqtt {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// A session and the caller around it, who writes down each event.
struct SessionUnderTest {
  explicit SessionUnderTest(ClientOptions options = {.client_id = "core"}) : session(options, kStart) {}

  std::string in(const Packet& packet, SteadyTime now = kStart) {
    std::string bytes;
    append_packet(bytes, packet);
    return in(bytes, now);
  }
  std::string in(const std::string& bytes, SteadyTime now) {
    const auto room = session.prepare();
    std::memcpy(room.data(), bytes.data(), bytes.size());
    session.commit(bytes.size());
    while (const auto event = session.next(now)) std::visit([this](const auto& each) { take(each); }, *event);
    return out();
  }
  std::string out() { return std::exchange(session.output(), {}); }

  void take(const Connected& event) { events.push_back(bool(event.session_present) ? "connected again" : "connected"); }
  void take(const Publish* packet) { events.push_back(fmt::format("{}={}", packet->topic, packet->payload)); }
  void take(const Published& event) { events.push_back(fmt::format("published {}", event.token)); }
  void take(const Subscribed& event) {
    events.push_back(fmt::format("subscribed {}:", event.token));
    for (const SubscribeCode code : event.codes) events.back() += fmt::format(" {}", static_cast<int>(code));
  }
  void take(const Unsubscribed& event) { events.push_back(fmt::format("unsubscribed {}", event.token)); }

  std::optional<CloseCause> cause() const {
    return session.closed() ? std::optional(session.closed()->cause) : std::nullopt;
  }

  ClientSession session;
  std::vector<std::string> events;
};

SessionUnderTest connected_client(ClientOptions options = {.client_id = "core"}) {
  SessionUnderTest client(std::move(options));
  client.in(ConnAck{});
  client.events.clear();
  return client;
}

TEST(ClientSession, SaysConnectAtOnce) {
  SessionUnderTest client({.client_id = "core", .keep_alive = 60s});
  EXPECT_EQ(client.out(), "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04"s + "core");
  client.in(ConnAck{SessionPresent::no, ConnectCode::accepted});
  EXPECT_THAT(client.events, ElementsAre("connected"));
  EXPECT_TRUE(client.session.connected());
}

TEST(ClientSession, ReportsARefusal) {
  SessionUnderTest client;
  client.in(ConnAck{SessionPresent::no, ConnectCode::not_authorized});
  EXPECT_EQ(client.cause(), CloseCause::refused);
  EXPECT_EQ(client.session.closed()->text, "the server refused the connection: not authorized");
}

TEST(ClientSession, ConnAckComesFirstAndInTime) {
  SessionUnderTest client;
  client.in(PingResp{});
  EXPECT_EQ(client.cause(), CloseCause::protocol_error);
  SessionUnderTest waiting({.client_id = "core", .operation_timeout = 5s});
  EXPECT_EQ(waiting.session.deadline(), kStart + 5s);
  waiting.session.on_time(kStart + 5s);
  EXPECT_EQ(waiting.cause(), CloseCause::timed_out);
}

TEST(ClientSession, RequestsNeedAConnection) {
  SessionUnderTest client;
  EXPECT_EQ(client.session.publish("t", "", QoS::at_most_once, 0, kStart).error().code(), Code::unavailable);
  EXPECT_EQ(client.session.subscribe({}, 0, kStart).error().code(), Code::unavailable);
  EXPECT_EQ(client.session.unsubscribe({}, 0, kStart).error().code(), Code::unavailable);
}

TEST(ClientSession, PublishesAndReportsAcknowledgementsByToken) {
  SessionUnderTest client = connected_client();
  ASSERT_TRUE(client.session.publish("t", "0", QoS::at_most_once, 10, kStart));
  ASSERT_TRUE(client.session.publish("t", "1", QoS::at_least_once, 11, kStart));
  ASSERT_TRUE(client.session.publish("t", "2", QoS::at_least_once, 12, kStart, Dup::yes));
  EXPECT_THAT(client.out(), HasSubstr("\x30\x04\x00\x01t0\x32\x06\x00\x01t\x00\x01\x31\x3a\x06\x00\x01t\x00\x02\x32"s));
  client.in(PubAck{2});
  client.in(PubAck{1});
  client.in(PubAck{1});
  EXPECT_THAT(client.events, ElementsAre("published 12", "published 11"));
  EXPECT_EQ(client.session.publish("t", "", QoS::exactly_once, 0, kStart).error().code(), Code::invalid_argument);
}

TEST(ClientSession, SubscribesAndUnsubscribes) {
  SessionUnderTest client = connected_client();
  client.out();
  const RequestedFilter wanted[] = {{"a/#", QoS::at_least_once}, {"b", QoS::at_most_once}};
  ASSERT_TRUE(client.session.subscribe(wanted, 5, kStart));
  EXPECT_EQ(client.out(), "\x82\x0c\x00\x01\x00\x03"s + "a/#\x01\x00\x01"s + "b\x00"s);
  client.in(SubAck{1, {SubscribeCode::granted_qos1, SubscribeCode::refused}});
  const std::string_view filters[] = {"a/#"};
  ASSERT_TRUE(client.session.unsubscribe(filters, 6, kStart));
  EXPECT_EQ(client.out(), "\xa2\x07\x00\x02\x00\x03"s + "a/#");
  client.in(UnsubAck{2});
  EXPECT_THAT(client.events, ElementsAre("subscribed 5: 1 128", "unsubscribed 6"));
}

TEST(ClientSession, AnAnswerOfTheWrongKindIsNoAnswer) {
  SessionUnderTest client = connected_client();
  ASSERT_TRUE(client.session.publish("t", "", QoS::at_least_once, 1, kStart));
  client.in(UnsubAck{1});
  EXPECT_THAT(client.events, ElementsAre());
  EXPECT_EQ(client.session.in_flight(), 1u);
}

TEST(ClientSession, TheWindowIsBounded) {
  SessionUnderTest client = connected_client({.client_id = "core", .max_in_flight = 2});
  ASSERT_TRUE(client.session.publish("t", "", QoS::at_least_once, 1, kStart));
  ASSERT_TRUE(client.session.publish("t", "", QoS::at_least_once, 2, kStart));
  EXPECT_TRUE(client.session.window_full());
  EXPECT_EQ(client.session.publish("t", "", QoS::at_least_once, 3, kStart).error().code(), Code::resource_exhausted);
  EXPECT_TRUE(client.session.publish("t", "", QoS::at_most_once, 3, kStart));
  client.in(PubAck{1});
  EXPECT_TRUE(client.session.publish("t", "", QoS::at_least_once, 3, kStart));
}

TEST(ClientSession, AnUnansweredRequestClosesInTime) {
  SessionUnderTest client = connected_client({.client_id = "core", .operation_timeout = 5s});
  ASSERT_TRUE(client.session.publish("t", "", QoS::at_least_once, 1, kStart + 1s));
  ASSERT_TRUE(client.session.publish("t", "", QoS::at_least_once, 2, kStart + 3s));
  EXPECT_EQ(client.session.deadline(), kStart + 6s);
  client.in(PubAck{1}, kStart + 4s);
  EXPECT_EQ(client.session.deadline(), kStart + 8s);
  client.session.on_time(kStart + 7s);
  EXPECT_FALSE(client.cause());
  client.session.on_time(kStart + 8s);
  EXPECT_EQ(client.cause(), CloseCause::timed_out);
}

TEST(ClientSession, ReceivesAtBothQoS) {
  SessionUnderTest client = connected_client();
  client.out();
  EXPECT_EQ(client.in(Publish{.topic = "t", .payload = "0"}), "");
  EXPECT_EQ(client.in(Publish{.topic = "t", .payload = "1", .qos = QoS::at_least_once, .packet_id = 9}),
            "\x40\x02\x00\x09"s);
  EXPECT_THAT(client.events, ElementsAre("t=0", "t=1"));
  client.in(Publish{.topic = "t", .payload = "2", .qos = QoS::exactly_once, .packet_id = 9});
  EXPECT_EQ(client.cause(), CloseCause::protocol_error);
}

TEST(ClientSession, PingsAfterSilenceAndWantsAnAnswer) {
  SessionUnderTest client = connected_client({.client_id = "core", .keep_alive = 30s, .operation_timeout = 5s});
  client.out();
  EXPECT_EQ(client.session.deadline(), kStart + 30s);
  client.session.on_time(kStart + 29s);
  EXPECT_EQ(client.out(), "");
  client.session.on_time(kStart + 30s);
  EXPECT_EQ(client.out(), "\xc0\x00"s);
  EXPECT_EQ(client.session.deadline(), kStart + 35s);
  client.in(PingResp{}, kStart + 31s);
  EXPECT_EQ(client.session.deadline(), kStart + 60s);
  client.session.on_time(kStart + 60s);
  client.session.on_time(kStart + 65s);
  EXPECT_EQ(client.cause(), CloseCause::timed_out);
}

TEST(ClientSession, PingsWhenOnlySendingToFindADeadServer) {
  SessionUnderTest client = connected_client({.client_id = "core", .keep_alive = 30s});
  ASSERT_TRUE(client.session.publish("t", "", QoS::at_most_once, 0, kStart + 29s));
  EXPECT_EQ(client.session.deadline(), kStart + 30s);
}

TEST(ClientSession, PingsAServerThatSendsBytesButNoPacket) {
  SessionUnderTest client = connected_client({.client_id = "core", .keep_alive = 30s});
  client.in("\x30\x40"s, kStart + 29s);
  EXPECT_EQ(client.session.deadline(), kStart + 30s);
}

TEST(ClientSession, NoKeepAliveNoPings) {
  SessionUnderTest client = connected_client({.client_id = "core", .keep_alive = 0s});
  EXPECT_EQ(client.session.deadline(), SteadyTime::max());
}

TEST(ClientSession, SaysDisconnect) {
  SessionUnderTest client = connected_client();
  client.out();
  client.session.disconnect();
  EXPECT_EQ(client.out(), "\xe0\x00"s);
  EXPECT_EQ(client.cause(), CloseCause::disconnected);
}

TEST(ClientSession, PacketsOfTheClientAreErrors) {
  for (const Packet& packet :
       {Packet(Connect{}), Packet(ConnAck{}), Packet(PingReq{}), Packet(Disconnect{}), Packet(PubRec{1}),
        Packet(Subscribe{1, {{"a", QoS::at_most_once}}}), Packet(Unsubscribe{1, {"a"}})}) {
    SessionUnderTest client = connected_client();
    client.in(packet);
    EXPECT_EQ(client.cause(), CloseCause::protocol_error) << name_of(packet);
  }
}

}  // namespace
}  // namespace fescue::mqtt
