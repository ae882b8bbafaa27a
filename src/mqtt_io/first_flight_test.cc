// Packets that are there before anybody reads: whoever starts a connection has it before its handler is called.
#include <gtest/gtest.h>

#include "mqtt_io/client_connection.h"
#include "mqtt_io/server_connection.h"
#include "tests/fakes/eager_stream.h"
#include "tests/fakes/mqtt_test_client.h"

namespace fescue::mqtt {
namespace {

using namespace std::string_literals;

template <class... Packets>
std::string bytes_of(const Packets&... packets) {
  std::string bytes;
  (append_packet(bytes, packets), ...);
  return bytes;
}

/// Uses its connection by its own member, as the broker's clients do.
struct EagerServer final : ServerHandler {
  ConnectCode on_connect(ServerConnection& from, const Connect& connect) override {
    EXPECT_EQ(connection.get(), &from);
    return connect.client_id == "stranger" ? ConnectCode::identifier_rejected : ConnectCode::accepted;
  }
  void on_publish(ServerConnection&, const Publish& publish) override {
    frame.set(publish.topic, publish.payload);
    connection->deliver(frame, QoS::at_most_once);
  }
  std::vector<SubscribeCode> on_subscribe(ServerConnection&, const Subscribe& subscribe) override {
    EXPECT_TRUE(connection->connected());
    return std::vector(subscribe.subscriptions.size(), SubscribeCode::granted_qos0);
  }
  void on_unsubscribe(ServerConnection&, const Unsubscribe&) override {}
  void on_closed(ServerConnection&, const CloseReason& reason) override {
    closed = reason;
    connection.reset();
  }

  std::shared_ptr<ServerConnection> connection;
  std::optional<CloseReason> closed;
  PublishFrame frame;
};

/// What the server answers to `pieces`, until it has nothing more to do.
std::string served(const std::vector<std::string>& pieces) {
  TestLoop loop;
  EagerServer server;
  auto stream = std::make_unique<EagerStream>(loop.io.get_executor(), pieces);
  const auto wire = stream->wire();
  // From inside the loop, where a coroutine that is spawned runs up to its first wait at once.
  asio::post(loop.io,
             [&] { server.connection = ServerConnection::start(loop.tasks, loop.outbox, std::move(stream), server); });
  loop.settle();
  if (server.connection) {
    server.connection->detach();
    server.connection->close(CloseCause::stopping, "the test is done");
  }
  loop.settle();
  EXPECT_EQ(loop.tasks.size(), 0u);
  return wire->written;
}

TEST(FirstFlight, TheServerTakesItInEverySplit) {
  const std::string flight =
      bytes_of(Connect{.client_id = "c"}, Subscribe{7, {{"t", QoS::at_most_once}}},
               Publish{.topic = "t", .payload = "x", .qos = QoS::at_least_once, .packet_id = 9}, Disconnect{});
  const std::string answer =
      "\x20\x02\x00\x00"s + "\x90\x03\x00\x07\x00"s + "\x30\x04\x00\x01tx"s + "\x40\x02\x00\x09"s;
  EXPECT_EQ(served({flight}), answer);
  for (std::size_t i = 1; i < flight.size(); ++i) {
    EXPECT_EQ(served({flight.substr(0, i), flight.substr(i)}), answer) << "split at " << i;
  }
}

TEST(FirstFlight, TheServerRefusesItInEverySplit) {
  const std::string flight = bytes_of(Connect{.client_id = "stranger"}, PingReq{});
  for (std::size_t i = 1; i <= flight.size(); ++i) {
    EXPECT_EQ(served({flight.substr(0, i), flight.substr(i)}), "\x20\x02\x00\x02"s) << "split at " << i;
  }
}

TEST(FirstFlight, GarbageEndsOneConnection) {
  for (const std::string& garbage : {"\x00"s, "\xf0\x00"s, "GET / HTTP/1.1\r\n\r\n"s, bytes_of(PingReq{})}) {
    EXPECT_EQ(served({garbage}), "");
  }
}

/// Uses its connection by its own member, as the uplink does.
struct Dialler final : ClientHandler {
  void on_connected(const Connected&) override {
    const RequestedFilter wanted[] = {{"t", QoS::at_most_once}};
    EXPECT_TRUE(connection->subscribe(wanted, 1));
  }
  void on_message(const Publish& message) override {
    EXPECT_TRUE(connection->publish("heard", message.payload, QoS::at_most_once, 0));
  }
  void on_published(Token) override {}
  void on_subscribed(Token, std::span<const SubscribeCode>) override {}
  void on_unsubscribed(Token) override {}
  void on_closed(const CloseReason& reason) override {
    closed = reason;
    connection.reset();
  }

  std::shared_ptr<ClientConnection> connection;
  std::optional<CloseReason> closed;
};

/// What the client says to `pieces` after its CONNECT.
std::string dialled(const std::vector<std::string>& pieces, std::optional<CloseReason>* closed = nullptr) {
  TestLoop loop;
  Dialler client;
  auto stream = std::make_unique<EagerStream>(loop.io.get_executor(), pieces);
  const auto wire = stream->wire();
  asio::post(loop.io, [&] {
    client.connection =
        ClientConnection::start(loop.tasks, loop.outbox, std::move(stream), client, {.session = {.client_id = "c"}});
  });
  loop.settle();
  if (closed) *closed = client.closed;
  if (client.connection) {
    client.connection->detach();
    client.connection->close(CloseCause::stopping, "the test is done");
  }
  loop.settle();
  EXPECT_EQ(loop.tasks.size(), 0u);
  const std::string hello = bytes_of(Connect{.client_id = "c", .keep_alive = 600});
  EXPECT_TRUE(wire->written.empty() || wire->written.starts_with(hello));
  return wire->written.substr(std::min(wire->written.size(), hello.size()));
}

TEST(FirstFlight, TheClientTakesItInEverySplit) {
  const std::string flight = bytes_of(ConnAck{}, Publish{.topic = "t", .payload = "x"});
  const std::string answer = "\x82\x06\x00\x01\x00\x01t\x00"s + "\x30\x08\x00\x05heardx"s;
  for (std::size_t i = 1; i <= flight.size(); ++i) {
    EXPECT_EQ(dialled({flight.substr(0, i), flight.substr(i)}), answer) << "split at " << i;
  }
}

TEST(FirstFlight, TheClientIsRefusedInEverySplit) {
  const std::string flight = bytes_of(ConnAck{SessionPresent::no, ConnectCode::not_authorized});
  for (std::size_t i = 1; i <= flight.size(); ++i) {
    std::optional<CloseReason> closed;
    EXPECT_EQ(dialled({flight.substr(0, i), flight.substr(i)}, &closed), "");
    ASSERT_TRUE(closed) << "split at " << i;
    EXPECT_EQ(closed->cause, CloseCause::refused);
  }
}

}  // namespace
}  // namespace fescue::mqtt
