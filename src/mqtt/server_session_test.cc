// The server's side with bytes for packets and numbers for time; no sockets.
#include "mqtt/server_session.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mqtt/session_test_support.h"

namespace fescue::mqtt {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::HasSubstr;

/// A session and the caller around it: answers CONNECT with `answer`, SUBSCRIBE with QoS 0 or 1 as asked, and notes
/// what it was given.
struct Server {
  explicit Server(ServerLimits limits = {}) : session(limits, kStart) {}

  std::string go_on(SteadyTime now) {
    while (const auto event = session.next(now)) std::visit([this](const auto* packet) { take(*packet); }, *event);
    return std::exchange(session.output(), {});
  }
  /// Bytes in; gives the bytes that are sent because of them.
  std::string in(const std::string& bytes, SteadyTime now = kStart) {
    const auto room = session.prepare();
    std::memcpy(room.data(), bytes.data(), bytes.size());
    session.commit(bytes.size());
    return go_on(now);
  }
  std::string in(const Packet& packet, SteadyTime now = kStart) {
    std::string bytes;
    append_packet(bytes, packet);
    return in(bytes, now);
  }

  void take(const Connect&) {
    ++connects;
    if (answer == ConnectCode::accepted) {
      session.accept();
    } else {
      session.refuse(answer, "because");
    }
  }
  void take(const Publish& packet) {
    if (packet.topic == postponed) return session.postpone(packet);
    if (packet.topic.starts_with("held/"))
      session.hold_acknowledgement(std::stoul(std::string(packet.topic.substr(5))));
    published.push_back(std::string(packet.topic) + "=" + std::string(packet.payload));
    if (packet.topic == "forbidden") session.close(CloseCause::refused, "not allowed");
  }
  void take(const Subscribe& packet) {
    std::vector<SubscribeCode> codes;
    for (const auto& each : packet.subscriptions) {
      codes.push_back(each.filter == "secret/#" ? SubscribeCode::refused
                                                : static_cast<SubscribeCode>(std::min(each.qos, QoS::at_least_once)));
    }
    session.subscribed(packet, codes);
  }
  void take(const Unsubscribe& packet) { unsubscribed.emplace_back(packet.filters.front()); }

  std::string reason() const { return session.closed() ? session.closed()->text : "open"; }
  std::optional<CloseCause> cause() const {
    return session.closed() ? std::optional(session.closed()->cause) : std::nullopt;
  }

  ServerSession session;
  ConnectCode answer = ConnectCode::accepted;
  int connects = 0;
  std::string postponed;  // a topic
  std::vector<std::string> published, unsubscribed;
};

Connect connect_packet(std::uint16_t keep_alive = 0) { return {.client_id = "c", .keep_alive = keep_alive}; }

Server connected_server(ServerLimits limits = {}) {
  Server server(limits);
  server.in(connect_packet());
  return server;
}

TEST(ServerSession, AcceptsAConnect) {
  Server server;
  EXPECT_EQ(server.in(connect_packet()), "\x20\x02\x00\x00"s);
  EXPECT_TRUE(server.session.connected());
}

TEST(ServerSession, RefusesAConnect) {
  Server server;
  server.answer = ConnectCode::not_authorized;
  EXPECT_EQ(server.in(connect_packet()), "\x20\x02\x00\x05"s);
  EXPECT_EQ(server.cause(), CloseCause::refused);
}

TEST(ServerSession, ConnectComesFirst) {
  Server server;
  EXPECT_EQ(server.in(PingReq{}), "");
  EXPECT_EQ(server.cause(), CloseCause::protocol_error);
  EXPECT_EQ(server.reason(), "the first packet is PINGREQ, not CONNECT");
}

TEST(ServerSession, ConnectComesOnce) {
  Server server = connected_server();
  EXPECT_EQ(server.in(connect_packet()), "");
  EXPECT_EQ(server.cause(), CloseCause::protocol_error);
  EXPECT_EQ(server.connects, 1);
}

TEST(ServerSession, ConnectComesWithinItsDeadline) {
  Server server(ServerLimits{.connect_deadline = 5s});
  EXPECT_EQ(server.session.deadline(), kStart + 5s);
  server.session.on_time(kStart + 4999ms);
  EXPECT_EQ(server.reason(), "open");
  server.session.on_time(kStart + 5s);
  EXPECT_EQ(server.cause(), CloseCause::timed_out);
}

TEST(ServerSession, AnotherVersionIsToldSo) {
  Server server;
  EXPECT_EQ(server.in("\x10\x07\x00\x04MQTT\x05"s), "\x20\x02\x00\x01"s);
  EXPECT_EQ(server.cause(), CloseCause::protocol_error);
}

TEST(ServerSession, AnEmptyClientIdNeedsACleanSession) {
  Server lasting;
  EXPECT_EQ(lasting.in(Connect{.clean_session = CleanSession::no}), "\x20\x02\x00\x02"s);
  EXPECT_EQ(lasting.cause(), CloseCause::refused);
  EXPECT_EQ(lasting.connects, 0);
  Server clean;
  clean.in(Connect{});
  EXPECT_TRUE(clean.session.connected());
}

TEST(ServerSession, ALastingSessionIsTakenAsClean) {
  Server server;
  EXPECT_EQ(server.in(Connect{.client_id = "c", .clean_session = CleanSession::no}), "\x20\x02\x00\x00"s);
}

TEST(ServerSession, ClosesAfterOneAndAHalfKeepAlives) {
  Server server;
  server.in(connect_packet(10));
  EXPECT_EQ(server.session.deadline(), kStart + 15s);
  EXPECT_EQ(server.in(PingReq{}, kStart + 14s), "\xd0\x00"s);
  server.session.on_time(kStart + 28s);
  EXPECT_EQ(server.reason(), "open");
  server.session.on_time(kStart + 29s);
  EXPECT_EQ(server.cause(), CloseCause::timed_out);
}

TEST(ServerSession, BytesThatAreNoPacketDoNotCountForTheKeepAlive) {
  Server server;
  server.in(connect_packet(10));
  const std::string publish = "\x30\x40\x00\x01t"s + std::string(61, 'x');
  for (int i = 0; i < 14; ++i) server.in(publish.substr(i, 1), kStart + std::chrono::seconds(i));
  EXPECT_EQ(server.session.deadline(), kStart + 15s);
  server.in(publish.substr(14), kStart + 14s);
  EXPECT_EQ(server.session.deadline(), kStart + 29s);
}

TEST(ServerSession, KeepAliveIsBoundedByTheServer) {
  const ServerLimits limits{.max_keep_alive = 100s};
  for (const auto& [asked, got] : {std::pair(0, 150s), std::pair(200, 150s), std::pair(60, 90s)}) {
    Server server(limits);
    server.in(connect_packet(static_cast<std::uint16_t>(asked)));
    EXPECT_EQ(server.session.deadline(), kStart + got);
  }
  EXPECT_EQ(connected_server().session.deadline(), SteadyTime::max());
}

TEST(ServerSession, PublishAtQoS1IsAcknowledged) {
  Server server = connected_server();
  EXPECT_EQ(server.in(Publish{.topic = "t", .payload = "p"}), "");
  EXPECT_EQ(server.in(Publish{.topic = "t", .payload = "q", .qos = QoS::at_least_once, .packet_id = 0x1234}),
            "\x40\x02\x12\x34"s);
  EXPECT_THAT(server.published, testing::ElementsAre("t=p", "t=q"));
}

TEST(ServerSession, ManyPacketsInOneRead) {
  Server server = connected_server();
  std::string bytes;
  for (PacketId id = 1; id <= 40; ++id) {
    append_publish(bytes, "t", std::to_string(id), QoS::at_least_once, id, Dup::no, Retain::no);
  }
  const std::string sent = server.in(bytes);
  ASSERT_EQ(server.published.size(), 40u);
  EXPECT_EQ(server.published.back(), "t=40");
  EXPECT_EQ(sent.size(), 40u * 4);
}

TEST(ServerSession, ARefusedPublishIsNotAcknowledged) {
  Server server = connected_server();
  std::string bytes;
  append_publish(bytes, "forbidden", "", QoS::at_least_once, 1, Dup::no, Retain::no);
  append_publish(bytes, "t", "after", QoS::at_least_once, 2, Dup::no, Retain::no);
  EXPECT_EQ(server.in(bytes), "");
  EXPECT_EQ(server.cause(), CloseCause::refused);
  EXPECT_THAT(server.published, testing::ElementsAre("forbidden="));
}

std::string publish_bytes(std::initializer_list<std::pair<std::string_view, PacketId>> publishes) {
  std::string bytes;
  for (const auto& [topic, id] : publishes) {
    append_publish(bytes, topic, "p", id == 0 ? QoS::at_most_once : QoS::at_least_once, id, Dup::no, Retain::no);
  }
  return bytes;
}

TEST(ServerSession, AHeldAcknowledgementWaitsAndTheLaterOnesBehindIt) {
  Server server = connected_server();
  EXPECT_EQ(server.in(publish_bytes({{"t", 1}, {"held/5", 2}, {"t", 3}, {"t", 0}, {"held/6", 4}})), "\x40\x02\0\1"s);
  EXPECT_TRUE(server.session.holds(5));
  EXPECT_FALSE(server.session.holds(4));
  server.session.release(4, kStart);
  EXPECT_EQ(server.go_on(kStart), "");
  server.session.release(5, kStart);
  EXPECT_EQ(server.go_on(kStart), "\x40\x02\0\2\x40\x02\0\3"s);
  EXPECT_EQ(server.in(publish_bytes({{"t", 5}})), "");
  server.session.release(9, kStart);
  EXPECT_EQ(server.go_on(kStart), "\x40\x02\0\4\x40\x02\0\5"s);
  EXPECT_FALSE(server.session.holds_any());
  EXPECT_EQ(server.in(publish_bytes({{"t", 6}})), "\x40\x02\0\6"s);
}

TEST(ServerSession, HeldAcknowledgementsAreBounded) {
  Server server = connected_server({.max_in_flight = 2});
  EXPECT_EQ(server.in(publish_bytes({{"held/5", 1}, {"t", 2}, {"t", 3}})), "");
  EXPECT_TRUE(server.session.paused());
  EXPECT_EQ(server.published.size(), 2u);
  server.session.release(5, kStart);
  EXPECT_EQ(server.go_on(kStart), "\x40\x02\0\1\x40\x02\0\2\x40\x02\0\3"s);
}

TEST(ServerSession, APostponedPublishIsHandedOutAgainAndNothingBefore) {
  Server server;
  server.in(connect_packet(10));
  server.postponed = "later";
  EXPECT_EQ(server.in(publish_bytes({{"t", 1}, {"later", 2}, {"t", 3}})), "\x40\x02\0\1"s);
  EXPECT_EQ(server.go_on(kStart), "");
  const SteadyTime late = kStart + 1h;
  server.session.on_time(late);
  EXPECT_EQ(server.reason(), "open") << "who is not read is not silent";
  server.session.resume(late);
  EXPECT_EQ(server.go_on(late), "") << "postponed once more";
  server.postponed.clear();
  server.session.resume(late);
  EXPECT_EQ(server.go_on(late), "\x40\x02\0\2\x40\x02\0\3"s);
  EXPECT_THAT(server.published, testing::ElementsAre("t=p", "later=p", "t=p"));
  server.session.on_time(late + 15s);
  EXPECT_EQ(server.cause(), CloseCause::timed_out);
}

TEST(ServerSession, WhoPublishesTooFastIsHeardLater) {
  Server server({.max_publish_rate = 10});
  server.in(connect_packet(10));
  std::string flood;
  for (PacketId id = 1; id <= 15; ++id) flood += publish_bytes({{"t", id}});
  EXPECT_EQ(server.in(flood).size(), 10u * 4) << "a second's worth at once, each acknowledged";
  EXPECT_TRUE(server.session.paused());
  EXPECT_EQ(server.session.deadline(), kStart + 100ms);
  server.session.on_time(kStart + 99ms);
  EXPECT_EQ(server.go_on(kStart + 99ms), "");
  server.session.on_time(kStart + 100ms);
  EXPECT_FALSE(server.session.paused());
  EXPECT_EQ(server.go_on(kStart + 100ms).size(), 1u * 4);
  EXPECT_EQ(server.session.pauses(), 2u);
  server.session.set_publish_rate(0);
  server.session.on_time(kStart + 200ms);
  EXPECT_EQ(server.go_on(kStart + 200ms).size(), 4u * 4);
  server.session.on_time(kStart + 200ms + 15s);
  EXPECT_EQ(server.cause(), CloseCause::timed_out);
}

TEST(ServerSession, WhoPublishesWithinTheRateIsNeverPaused) {
  Server server({.max_publish_rate = 10});
  server.in(connect_packet());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(server.in(publish_bytes({{"t", 1}}), kStart + i * 100ms).size(), 4u);
  }
  EXPECT_EQ(server.session.pauses(), 0u);
}

TEST(ServerSession, QoS2IsNotSpoken) {
  Server publisher = connected_server();
  publisher.in(Publish{.topic = "t", .payload = "", .qos = QoS::exactly_once, .packet_id = 1});
  EXPECT_EQ(publisher.cause(), CloseCause::protocol_error);
  EXPECT_THAT(publisher.reason(), HasSubstr("QoS 2"));
  Server will;
  will.in(Connect{.client_id = "c", .will = Will{"w", "", QoS::exactly_once, Retain::no}});
  EXPECT_THAT(will.reason(), HasSubstr("QoS 2"));
  Server subscriber = connected_server();
  EXPECT_EQ(subscriber.in(Subscribe{7, {{"t", QoS::exactly_once}}}), "\x90\x03\x00\x07\x01"s);
}

TEST(ServerSession, SubscribeIsAnsweredForEachFilter) {
  Server server = connected_server();
  EXPECT_EQ(
      server.in(Subscribe{7, {{"a", QoS::at_least_once}, {"secret/#", QoS::at_most_once}, {"b", QoS::at_most_once}}}),
      "\x90\x05\x00\x07\x01\x80\x00"s);
}

TEST(ServerSession, UnsubscribeIsAcknowledged) {
  Server server = connected_server();
  EXPECT_EQ(server.in(Unsubscribe{8, {"a"}}), "\xb0\x02\x00\x08"s);
  EXPECT_THAT(server.unsubscribed, testing::ElementsAre("a"));
}

TEST(ServerSession, DeliversWithinItsWindow) {
  Server server = connected_server(ServerLimits{.max_in_flight = 2});
  PublishFrame frame;
  frame.set("t", "p");
  EXPECT_TRUE(server.session.deliver(frame, QoS::at_most_once));
  EXPECT_TRUE(server.session.deliver(frame, QoS::at_least_once));
  EXPECT_TRUE(server.session.deliver(frame, QoS::at_least_once));
  EXPECT_EQ(std::exchange(server.session.output(), {}),
            "\x30\x04\x00\x01tp\x32\x06\x00\x01t\x00\x01p\x32\x06\x00\x01t\x00\x02p"s);
  EXPECT_FALSE(server.session.deliver(frame, QoS::at_least_once));
  EXPECT_TRUE(server.session.deliver(frame, QoS::at_most_once));
  server.in(PubAck{1});
  EXPECT_TRUE(server.session.deliver(frame, QoS::at_least_once));
}

TEST(ServerSession, TheWillStaysUnlessDisconnectIsSaid) {
  const Connect connect{.client_id = "c", .will = Will{"w", "gone", QoS::at_least_once, Retain::no}};
  Server lost;
  lost.in(connect);
  lost.session.close(CloseCause::peer_closed, "");
  ASSERT_TRUE(lost.session.will());
  EXPECT_EQ(lost.session.will()->topic, "w");
  EXPECT_EQ(lost.session.will()->payload, "gone");
  Server polite;
  polite.in(connect);
  polite.in(Disconnect{});
  EXPECT_EQ(polite.cause(), CloseCause::disconnected);
  EXPECT_FALSE(polite.session.will());
  Server refused;
  refused.answer = ConnectCode::not_authorized;
  refused.in(connect);
  EXPECT_FALSE(refused.session.will());
}

TEST(ServerSession, PacketsOfTheServerAreErrors) {
  for (const Packet& packet : {Packet(ConnAck{}), Packet(SubAck{1, {SubscribeCode::granted_qos0}}), Packet(UnsubAck{1}),
                               Packet(PingResp{}), Packet(PubRec{1}), Packet(PubRel{1}), Packet(PubComp{1})}) {
    Server server = connected_server();
    EXPECT_EQ(server.in(packet), "");
    EXPECT_EQ(server.cause(), CloseCause::protocol_error) << name_of(packet);
  }
}

TEST(ServerSession, MalformedPacketsCloseAndNothingFollows) {
  Server server = connected_server();
  EXPECT_EQ(server.in("\x36\x00\xc0\x00"s), "");
  EXPECT_EQ(server.reason(), "PUBLISH: QoS is 3");
  EXPECT_EQ(server.session.deadline(), SteadyTime::max());
}

TEST(ServerSession, TheFirstCauseCounts) {
  Server server = connected_server();
  server.session.close(CloseCause::taken_over, "first");
  server.session.close(CloseCause::io, "second");
  EXPECT_EQ(*server.session.closed(), (CloseReason{CloseCause::taken_over, "first"}));
}

}  // namespace
}  // namespace fescue::mqtt
