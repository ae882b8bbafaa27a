// For tests: an MQTT client that writes down what happens to it, a peer that speaks bytes, and the loop that runs them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mqtt_io/client_connection.h"
#include "tests/fakes/run_until.h"

namespace fescue::mqtt {

/// A loop with what connections need. Tests wait for conditions, never for times; the bound is for a broken test only.
struct TestLoop {
  template <class Condition>
  void run_until(Condition condition) {
    EXPECT_TRUE(fescue::run_until(io, condition)) << "the condition did not come true";
  }
  /// Runs `task` to its end.
  void run(Task<void> task) {
    bool done = false;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr&) { done = true; });
    run_until([&] { return done; });
  }
  /// Runs what is ready, without waiting.
  void settle() {
    io.restart();
    while (io.poll() > 0) io.restart();
  }

  std::pair<StreamPtr, StreamPtr> stream_pair() {
    unix_socket::socket a(io), b(io);
    asio::local::connect_pair(a, b);
    return {make_stream(std::move(a)), make_stream(std::move(b))};
  }

  asio::io_context io{1};
  std::shared_ptr<Outbox> outbox = Outbox::make(io);
  TaskGroup tasks{io};
};

class TestClient final : public ClientHandler {
 public:
  TestClient(TestLoop& loop, StreamPtr stream, const std::string& client_id)
      : TestClient(loop, std::move(stream), ClientOptions{.client_id = client_id}) {}
  TestClient(TestLoop& loop, StreamPtr stream, const ClientOptions& options)
      : loop_(loop),
        connection(ClientConnection::start(loop.tasks, loop.outbox, std::move(stream), *this, {.session = options})) {}
  ~TestClient() override {
    connection->detach();
    connection->close(CloseCause::stopping, "the test is done with it");
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void connect() {
    loop_.run_until([&] { return is_connected || closed; });
  }
  /// The return code.
  SubscribeCode subscribe(std::string_view filter, QoS qos = QoS::at_most_once) {
    answers.clear();
    const RequestedFilter wanted[] = {{filter, qos}};
    EXPECT_TRUE(connection->subscribe(wanted, 1));
    loop_.run_until([&] { return !answers.empty() || closed; });
    return answers.empty() ? SubscribeCode::refused : answers.front();
  }
  void publish(std::string_view topic, std::string_view payload, QoS qos = QoS::at_most_once, Token token = 0) {
    EXPECT_TRUE(connection->publish(topic, payload, qos, token));
  }
  /// Waits until everything that was published at QoS 1 is acknowledged.
  void finish_publishing() {
    loop_.run_until([&] { return connection->in_flight() == 0 || closed; });
  }
  /// Waits for `count` messages in all.
  void receive(std::size_t count) {
    loop_.run_until([&] { return messages.size() >= count || closed; });
  }
  void wait_closed() {
    loop_.run_until([&] { return closed.has_value(); });
  }

  void on_connected(const Connected&) override { is_connected = true; }
  void on_message(const Publish& message) override {
    messages.push_back(fmt::format("{}={} at {}", message.topic, message.payload, static_cast<int>(message.qos)));
    retained_seen = retained_seen || bool(message.retain);
  }
  void on_published(Token token) override { published.push_back(token); }
  void on_subscribed(Token, std::span<const SubscribeCode> codes) override {
    answers.assign(codes.begin(), codes.end());
  }
  void on_unsubscribed(Token token) override { unsubscribed.push_back(token); }
  void on_closed(const CloseReason& reason) override {
    EXPECT_FALSE(closed) << "on_closed comes once";
    closed = reason;
  }

 private:
  TestLoop& loop_;

 public:
  std::shared_ptr<ClientConnection> connection;
  bool is_connected = false, retained_seen = false;
  std::vector<std::string> messages;  // "topic=payload at 1"
  std::vector<Token> published, unsubscribed;
  std::vector<SubscribeCode> answers;
  std::optional<CloseReason> closed;
};

/// The other end of a stream, in bytes.
class RawPeer {
 public:
  RawPeer(TestLoop& loop, StreamPtr stream) : loop_(loop), stream_(std::move(stream)) {}

  void send(const std::string& bytes) { loop_.run(write(bytes)); }
  Task<void> write(std::string bytes) { co_await stream_->write_all(asio::buffer(bytes)); }
  void send(const Packet& packet) {
    std::string bytes;
    append_packet(bytes, packet);
    send(bytes);
  }
  /// At least `count` bytes, or all until the end of file.
  std::string read(std::size_t count) {
    std::string got;
    loop_.run([](Stream& stream, std::size_t wanted, std::string& into) -> Task<void> {
      char buffer[4096];
      while (into.size() < wanted) {
        const auto [error, bytes] = co_await stream.read_some(asio::buffer(buffer));
        if (error) co_return;
        into.append(buffer, bytes);
      }
    }(*stream_, count, got));
    return got;
  }
  std::string read_to_end() { return read(std::string::npos); }
  void close() { stream_->close(); }

 private:
  TestLoop& loop_;
  StreamPtr stream_;
};

}  // namespace fescue::mqtt
