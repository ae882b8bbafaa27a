// ClientConnection: the client's side of one MQTT connection on a stream that is already connected (and through its TLS
// handshake). It does not reconnect; when it ends, make another.
//
//   FESCUE_CO_TRY(stream, co_await connect_tls(host, port, tls, 10s));
//   auto connection = ClientConnection::start(tasks, outbox, std::move(stream), handler, {.session = {.client_id =
//   id}});
//
// Requests made before on_connected fail as unavailable. Views in the handler's arguments are good during the call
// only.
#pragma once

#include <memory>

#include "mqtt/client_session.h"
#include "mqtt_io/session_connection.h"

namespace fescue::mqtt {

class ClientHandler {
 public:
  virtual ~ClientHandler() = default;
  virtual void on_connected(const Connected& connected) = 0;
  /// At QoS 1 acknowledged on return.
  virtual void on_message(const Publish& message) = 0;
  virtual void on_published(Token token) = 0;  // QoS 1 only
  virtual void on_subscribed(Token token, std::span<const SubscribeCode> codes) = 0;
  virtual void on_unsubscribed(Token token) = 0;
  /// Once, as the last call; requests without an answer by now will get none. A refused CONNECT ends here too.
  virtual void on_closed(const CloseReason& reason) = 0;
};

struct ClientConnectionOptions {
  ClientOptions session = {};
  ConnectionLimits connection = {};
};

class ClientConnection final : public SessionConnection<ClientSession, ClientHandler> {
 public:
  static std::shared_ptr<ClientConnection> start(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream,
                                                 ClientHandler& handler, const ClientConnectionOptions& options);

  /// Errors of the three: unavailable when not connected, resource_exhausted when the window of unanswered requests or
  /// the output is full. A QoS 0 publish has no answer: its token is not used.
  Result<void> publish(std::string_view topic, std::string_view payload, QoS qos, Token token, Dup dup = Dup::no);
  Result<void> subscribe(std::span<const RequestedFilter> subscriptions, Token token);
  Result<void> unsubscribe(std::span<const std::string_view> filters, Token token);
  /// Says DISCONNECT, sends what is left, closes.
  void disconnect();

  std::size_t in_flight() const { return session_.in_flight(); }
  /// Whether a publish of this size would be taken now.
  bool can_publish(std::size_t topic_and_payload_bytes) const;

 private:
  using SessionConnection::SessionConnection;
  void handle_input(SteadyTime now) override;
  void ended(const CloseReason& reason) override;

  void handle(const Connected& connected);
  void handle(const Publish* message);
  void handle(const Published& published);
  void handle(const Subscribed& subscribed);
  void handle(const Unsubscribed& unsubscribed);
  Result<void> check_room(std::size_t bytes);
  void sent();
};

}  // namespace fescue::mqtt
