// Client and server connections that talk over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mqtt_io/client_connection.h"
#include "mqtt_io/server_connection.h"
#include "tests/fakes/mqtt_test_client.h"

namespace fescue::mqtt {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// Sends every message back to whoever sent it, and writes down the rest.
struct Echo final : ServerHandler {
  ConnectCode on_connect(ServerConnection&, const Connect& connect) override {
    client_id = connect.client_id;
    return connect.client_id == "stranger" ? ConnectCode::not_authorized : ConnectCode::accepted;
  }
  void on_publish(ServerConnection& connection, const Publish& publish) override {
    ++publishes;
    if (publish.topic == "unanswered") return;
    if (publish.topic == "forbidden") return connection.close(CloseCause::refused, "not allowed");
    frame.set(publish.topic, publish.payload);
    connection.deliver(frame, publish.qos);
  }
  std::vector<SubscribeCode> on_subscribe(ServerConnection&, const Subscribe& subscribe) override {
    return std::vector(subscribe.subscriptions.size(), SubscribeCode::granted_qos1);
  }
  void on_unsubscribe(ServerConnection&, const Unsubscribe& unsubscribe) override {
    unsubscribed.emplace_back(unsubscribe.filters.front());
  }
  void on_closed(ServerConnection& connection, const CloseReason& reason) override {
    EXPECT_FALSE(closed) << "on_closed comes once";
    closed = reason;
    has_will = connection.will().has_value();
  }

  std::string client_id;
  int publishes = 0;
  std::vector<std::string> unsubscribed;
  std::optional<CloseReason> closed;
  bool has_will = false;
  PublishFrame frame;
};

struct ConnectionTest : testing::Test {
  ~ConnectionTest() override {
    if (server) server->detach();
  }
  StreamPtr serve(const ServerOptions& options = {}) {
    auto [ours, theirs] = loop.stream_pair();
    server = ServerConnection::start(loop.tasks, loop.outbox, std::move(ours), echo, options);
    return std::move(theirs);
  }
  /// A peer that has said CONNECT and read its CONNACK.
  RawPeer connected_peer(const ServerOptions& options = {}) {
    RawPeer peer(loop, serve(options));
    peer.send(Connect{.client_id = "raw"});
    EXPECT_EQ(peer.read(4), "\x20\x02\x00\x00"s);
    return peer;
  }
  CloseReason wait_closed() {
    loop.run_until([&] { return echo.closed.has_value(); });
    return echo.closed.value_or(CloseReason{});
  }

  TestLoop loop;
  Echo echo;
  std::shared_ptr<ServerConnection> server;
};

TEST_F(ConnectionTest, ClientAndServerTalk) {
  TestClient client(loop, serve(), "core");
  client.connect();
  EXPECT_EQ(echo.client_id, "core");
  EXPECT_EQ(client.subscribe("a/#"), SubscribeCode::granted_qos1);
  client.publish("a/b", "zero");
  client.publish("a/b", "one", QoS::at_least_once, 42);
  client.finish_publishing();
  client.receive(2);
  EXPECT_THAT(client.messages, ElementsAre("a/b=zero at 0", "a/b=one at 1"));
  EXPECT_THAT(client.published, ElementsAre(42));
  const std::string_view filters[] = {"a/#"};
  ASSERT_TRUE(client.connection->unsubscribe(filters, 7));
  loop.run_until([&] { return !client.unsubscribed.empty(); });
  EXPECT_THAT(echo.unsubscribed, ElementsAre("a/#"));
  client.connection->disconnect();
  EXPECT_EQ(wait_closed().cause, CloseCause::disconnected);
  client.wait_closed();
  EXPECT_EQ(client.closed->cause, CloseCause::disconnected);
}

TEST_F(ConnectionTest, ManyMessagesArriveInOrder) {
  TestClient client(loop, serve(), ClientOptions{.client_id = "core", .max_in_flight = 5000});
  client.connect();
  std::vector<std::string> expected;
  for (int i = 0; i < 4000; ++i) {
    const auto qos = static_cast<QoS>(i % 2);
    client.publish("t", std::to_string(i), qos, static_cast<Token>(i));
    expected.push_back(fmt::format("t={} at {}", i, i % 2));
  }
  client.receive(4000);
  client.finish_publishing();
  EXPECT_EQ(client.messages, expected);
  EXPECT_EQ(client.published.size(), 2000u);
  EXPECT_EQ(server->traffic().messages_in, 4000u);
  EXPECT_EQ(server->traffic().messages_out, 4000u);
}

TEST_F(ConnectionTest, TheLargestPayloadPasses) {
  TestClient client(loop, serve(), "core");
  client.connect();
  const std::string payload(128 * 1024, 'p');
  client.publish("t", payload, QoS::at_least_once);
  client.receive(1);
  EXPECT_EQ(client.messages, std::vector{"t=" + payload + " at 1"});
}

TEST_F(ConnectionTest, ARefusedClientIsTold) {
  TestClient client(loop, serve(), "stranger");
  client.wait_closed();
  EXPECT_EQ(client.closed->text, "the server refused the connection: not authorized");
  EXPECT_EQ(wait_closed().cause, CloseCause::refused);
}

TEST_F(ConnectionTest, ARefusedPublishClosesWithoutPuback) {
  RawPeer peer = connected_peer();
  peer.send(Publish{.topic = "forbidden", .payload = "", .qos = QoS::at_least_once, .packet_id = 1});
  EXPECT_EQ(peer.read_to_end(), "");
  EXPECT_EQ(wait_closed(), (CloseReason{CloseCause::refused, "not allowed"}));
}

Publish unanswered(PacketId id) {
  return {.topic = "unanswered", .payload = "", .qos = QoS::at_least_once, .packet_id = id};
}

TEST_F(ConnectionTest, AcknowledgementsTravelWithWhatFollows) {
  RawPeer peer = connected_peer({.connection = {.ack_delay = 1h}});
  peer.send(unanswered(1));
  peer.send(unanswered(2));
  loop.run_until([&] { return server->output_bytes() == 8; });
  echo.frame.set("t", "x");
  server->deliver(echo.frame, QoS::at_most_once);
  EXPECT_EQ(peer.read(14), "\x40\x02\x00\x01\x40\x02\x00\x02\x30\x04\x00\x01tx"s);
  peer.send(unanswered(3));
  loop.run_until([&] { return server->output_bytes() == 4; });
}

TEST_F(ConnectionTest, ManyAcknowledgementsDoNotWait) {
  RawPeer peer = connected_peer({.connection = {.ack_delay = 1h}});
  for (PacketId id = 1; id <= 8; ++id) peer.send(unanswered(id));
  EXPECT_EQ(peer.read(32).size(), 32u);
}

TEST_F(ConnectionTest, AcknowledgementsGoAloneInTheEnd) {
  RawPeer peer = connected_peer({.connection = {.ack_delay = 1ms}});
  for (PacketId id = 1; id <= 3; ++id) {
    peer.send(unanswered(id));
    EXPECT_EQ(peer.read(4), "\x40\x02\x00"s + static_cast<char>(id));
  }
}

TEST_F(ConnectionTest, WaitingAcknowledgementsAreSentAtTheEnd) {
  RawPeer peer = connected_peer({.connection = {.ack_delay = 1h}});
  peer.send(unanswered(1));
  loop.run_until([&] { return server->output_bytes() == 4; });
  server->close(CloseCause::stopping, "bye");
  EXPECT_EQ(peer.read_to_end(), "\x40\x02\x00\x01"s);
}

TEST_F(ConnectionTest, EndOfFileKeepsTheWill) {
  RawPeer peer(loop, serve());
  peer.send(Connect{.client_id = "raw", .will = Will{"w", "gone", QoS::at_most_once, Retain::no}});
  peer.read(4);
  peer.close();
  EXPECT_EQ(wait_closed().cause, CloseCause::peer_closed);
  EXPECT_TRUE(echo.has_will);
}

TEST_F(ConnectionTest, MalformedBytesClose) {
  RawPeer peer = connected_peer();
  peer.send("\xf0\x00"s);
  EXPECT_EQ(peer.read_to_end(), "");
  EXPECT_EQ(wait_closed(), (CloseReason{CloseCause::protocol_error, "packet type 15 is reserved"}));
}

TEST_F(ConnectionTest, CloseSendsWhatIsLeft) {
  RawPeer peer = connected_peer();
  echo.frame.set("t", "last words");
  EXPECT_EQ(server->deliver(echo.frame, QoS::at_most_once), Delivery::sent);
  server->close(CloseCause::taken_over, "replaced");
  EXPECT_EQ(server->deliver(echo.frame, QoS::at_most_once), Delivery::closed);
  EXPECT_FALSE(echo.closed) << "not from inside close()";
  EXPECT_EQ(peer.read_to_end(), "\x30\x0d\x00\x01t"s + "last words");
  EXPECT_EQ(wait_closed(), (CloseReason{CloseCause::taken_over, "replaced"}));
}

TEST_F(ConnectionTest, CloseSendsALotThatIsLeft) {
  RawPeer peer = connected_peer();
  const std::string payload(100'000, 'x');
  echo.frame.set("t", payload);
  for (int i = 0; i < 8; ++i) ASSERT_EQ(server->deliver(echo.frame, QoS::at_most_once), Delivery::sent);
  server->close(CloseCause::stopping, "bye");
  EXPECT_EQ(peer.read_to_end().size(), 8 * echo.frame.size(QoS::at_most_once));
  EXPECT_EQ(wait_closed().cause, CloseCause::stopping);
}

TEST_F(ConnectionTest, ASlowReaderLosesQoS0AndIsClosedAtQoS1) {
  RawPeer peer = connected_peer({.connection = {.max_output = 200'000}});
  const std::string payload(50'000, 'x');
  echo.frame.set("t", payload);
  int sent = 0;
  while (server->deliver(echo.frame, QoS::at_most_once) == Delivery::sent) {
    ++sent;
    loop.settle();
    ASSERT_LE(server->output_bytes(), 200'000u);
    ASSERT_LT(sent, 1000);
  }
  EXPECT_GE(sent, 4);
  EXPECT_EQ(server->deliver(echo.frame, QoS::at_most_once), Delivery::dropped);
  EXPECT_EQ(server->traffic().messages_dropped, 2u);
  EXPECT_EQ(server->deliver(echo.frame, QoS::at_least_once), Delivery::closed);
  const CloseReason reason = wait_closed();
  EXPECT_EQ(reason.cause, CloseCause::slow_reader);
  EXPECT_THAT(reason.text, HasSubstr("bytes wait to be read"));
  EXPECT_LT(peer.read_to_end().size(), static_cast<std::size_t>(sent) * 50'000) << "what did not fit is not sent";
}

TEST_F(ConnectionTest, AReaderThatNeverAcknowledgesIsClosed) {
  RawPeer peer = connected_peer({.session = {.max_in_flight = 10}});
  echo.frame.set("t", "x");
  for (int i = 0; i < 10; ++i) ASSERT_EQ(server->deliver(echo.frame, QoS::at_least_once), Delivery::sent);
  EXPECT_EQ(server->deliver(echo.frame, QoS::at_least_once), Delivery::closed);
  EXPECT_EQ(wait_closed(), (CloseReason{CloseCause::slow_reader, "10 QoS 1 messages are not acknowledged"}));
}

TEST_F(ConnectionTest, APeerThatStopsReadingIsClosed) {
  RawPeer peer = connected_peer({.connection = {.max_output = 10'000'000, .write_stall = 50ms}});
  const std::string payload(100'000, 'x');
  echo.frame.set("t", payload);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(server->deliver(echo.frame, QoS::at_most_once), Delivery::sent);
  EXPECT_EQ(wait_closed(), (CloseReason{CloseCause::timed_out, "the peer stopped reading"}));
}

TEST_F(ConnectionTest, NothingIsReadWhileAnswersAreNotTaken) {
  RawPeer peer = connected_peer({.connection = {.max_output = 100}});
  std::string bytes;
  constexpr std::size_t kPings = 500'000;
  for (std::size_t i = 0; i < kPings; ++i) append_packet(bytes, PingReq{});
  bool sent = false;
  asio::co_spawn(loop.io, peer.write(std::move(bytes)), [&](const std::exception_ptr&) { sent = true; });
  loop.settle();
  EXPECT_FALSE(sent) << "the peer's own output is full, since the server has stopped reading";
  EXPECT_LE(server->output_bytes(), 64u * 1024 + 100);
  EXPECT_EQ(peer.read(2 * kPings).size(), 2 * kPings);
  EXPECT_TRUE(sent);
}

TEST_F(ConnectionTest, ConnectHasADeadline) {
  const StreamPtr silent = serve({.session = {.connect_deadline = 0s}});
  EXPECT_EQ(wait_closed(), (CloseReason{CloseCause::timed_out, "no CONNECT came within the deadline"}));
}

TEST_F(ConnectionTest, StoppingTheTasksEndsTheConnection) {
  TestClient client(loop, serve(), "core");
  client.connect();
  loop.tasks.stop();
  loop.run(loop.tasks.join());
  EXPECT_EQ(echo.closed->cause, CloseCause::stopping);
  EXPECT_EQ(client.closed->cause, CloseCause::stopping);
}

TEST_F(ConnectionTest, StoppingWorksWhileAWriteIsPending) {
  RawPeer peer = connected_peer({.connection = {.max_output = 10'000'000}});
  const std::string payload(100'000, 'x');
  echo.frame.set("t", payload);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(server->deliver(echo.frame, QoS::at_most_once), Delivery::sent);
  loop.settle();
  loop.tasks.stop();
  loop.run(loop.tasks.join());
  EXPECT_EQ(echo.closed->cause, CloseCause::stopping);
}

TEST_F(ConnectionTest, ADetachedHandlerIsNotCalled) {
  RawPeer peer = connected_peer();
  server->detach();
  peer.send(Publish{.topic = "t", .payload = "x"});
  peer.close();
  loop.run(loop.tasks.join());
  EXPECT_EQ(echo.publishes, 0);
  EXPECT_FALSE(echo.closed);
}

TEST_F(ConnectionTest, AServerThatDoesNotAnswerEndsTheClient) {
  auto [ours, theirs] = loop.stream_pair();
  TestClient client(loop, std::move(ours), ClientOptions{.client_id = "core", .operation_timeout = 20ms});
  client.wait_closed();
  EXPECT_EQ(client.closed->cause, CloseCause::timed_out);
}

TEST_F(ConnectionTest, AClientsOutputIsBounded) {
  auto [ours, theirs] = loop.stream_pair();
  RawPeer server_side(loop, std::move(theirs));
  TestClient client(loop, std::move(ours), "core");
  server_side.send(ConnAck{});
  client.connect();
  const std::string payload(100'000, 'x');
  Result<void> last = ok();
  int sent = 0;
  for (; last && sent < 1000; ++sent) {
    EXPECT_TRUE(client.connection->can_publish(payload.size() + 1));
    last = client.connection->publish("t", payload, QoS::at_most_once, 0);
    loop.settle();
    if (!client.connection->can_publish(payload.size() + 1)) break;
  }
  EXPECT_EQ(client.connection->publish("t", payload, QoS::at_most_once, 0).error().code(), Code::resource_exhausted);
}

}  // namespace
}  // namespace fescue::mqtt
