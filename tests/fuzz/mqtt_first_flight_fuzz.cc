// Any bytes that are there before anybody reads, in any split, at a connection of either side: its handler is called
// only after start() has returned, and the connection ends without leaving anything behind.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/assert.h"
#include "mqtt_io/client_connection.h"
#include "mqtt_io/server_connection.h"
#include "tests/fakes/eager_stream.h"

namespace {

using namespace fescue;
using namespace fescue::mqtt;

struct Server final : ServerHandler {
  ConnectCode on_connect(ServerConnection& from, const Connect& connect) override {
    FESCUE_ASSERT(connection.get() == &from);
    return connect.client_id == "no" ? ConnectCode::not_authorized : ConnectCode::accepted;
  }
  void on_publish(ServerConnection&, const Publish& publish) override {
    frame.set(publish.topic, publish.payload);
    connection->deliver(frame, publish.qos);
    if (publish.topic == "no") connection->close(CloseCause::refused, "no");
  }
  std::vector<SubscribeCode> on_subscribe(ServerConnection&, const Subscribe& subscribe) override {
    FESCUE_ASSERT(connection->connected());
    return std::vector(subscribe.subscriptions.size(), SubscribeCode::granted_qos0);
  }
  void on_unsubscribe(ServerConnection&, const Unsubscribe&) override { FESCUE_ASSERT(connection != nullptr); }
  void on_closed(ServerConnection&, const CloseReason&) override { connection.reset(); }

  std::shared_ptr<ServerConnection> connection;
  PublishFrame frame;
};

struct Client final : ClientHandler {
  void on_connected(const Connected&) override {
    const RequestedFilter wanted[] = {{"t", QoS::at_most_once}};
    (void)connection->subscribe(wanted, 1);
  }
  void on_message(const Publish& message) override {
    (void)connection->publish("t", message.payload, QoS::at_least_once, 2);
  }
  void on_published(Token) override { FESCUE_ASSERT(connection != nullptr); }
  void on_subscribed(Token, std::span<const SubscribeCode>) override { FESCUE_ASSERT(connection != nullptr); }
  void on_unsubscribed(Token) override { FESCUE_ASSERT(connection != nullptr); }
  void on_closed(const CloseReason&) override { connection.reset(); }

  std::shared_ptr<ClientConnection> connection;
};

std::shared_ptr<ServerConnection> start(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream,
                                        Server& server) {
  return ServerConnection::start(tasks, std::move(outbox), std::move(stream), server);
}
std::shared_ptr<ClientConnection> start(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream,
                                        Client& client) {
  return ClientConnection::start(tasks, std::move(outbox), std::move(stream), client, {.session = {.client_id = "c"}});
}

template <class Side>
void run(const std::vector<std::string>& pieces) {
  asio::io_context io{1};
  TaskGroup tasks(io);
  const auto outbox = Outbox::make(io);
  Side side;
  asio::post(io, [&] {
    side.connection = start(tasks, outbox, std::make_unique<EagerStream>(io.get_executor(), pieces), side);
  });
  io.poll();
  if (side.connection) side.connection->close(CloseCause::stopping, "the fuzzer is done");
  io.restart();
  io.poll();
  FESCUE_ASSERT(tasks.size() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string flight(reinterpret_cast<const char*>(data + 2), size - 2);
  const std::size_t split = flight.empty() ? 0 : data[1] % flight.size();
  const std::vector<std::string> pieces{flight.substr(0, split), flight.substr(split)};
  if (data[0] & 1) {
    run<Server>(pieces);
  } else {
    run<Client>(pieces);
  }
  return 0;
}
