// ServerConnection: the server's side of one MQTT connection on a stream, for the broker and for the devices' listener.
//
//   auto connection = ServerConnection::start(tasks, outbox, std::move(stream), handler, {});
//
// The handler decides; the connection does the protocol. Views in the arguments are good during the call only.
#pragma once

#include <memory>
#include <vector>

#include "mqtt/server_session.h"
#include "mqtt_io/session_connection.h"

namespace fescue::mqtt {

class ServerConnection;

/// One for each connection, or one for all. It must live until on_closed (which may destroy it) or detach().
class ServerHandler {
 public:
  virtual ~ServerHandler() = default;

  /// ConnectCode::accepted opens the session; anything else is said to the client, which is then closed.
  virtual ConnectCode on_connect(ServerConnection& connection, const Connect& connect) = 0;
  /// QoS 0 or 1; a QoS 1 message is acknowledged on return. To refuse it, close() the connection.
  virtual void on_publish(ServerConnection& connection, const Publish& publish) = 0;
  /// One code for each filter, in order; QoS 1 at most.
  virtual std::vector<SubscribeCode> on_subscribe(ServerConnection& connection, const Subscribe& subscribe) = 0;
  /// After the answer: what was kept for those filters may follow.
  virtual void on_subscribed(ServerConnection&, const Subscribe&) {}
  virtual void on_unsubscribe(ServerConnection& connection, const Unsubscribe& unsubscribe) = 0;
  /// Once, as the last call, whether or not on_connect was called before. connection.will() is what to publish, if
  /// anything.
  virtual void on_closed(ServerConnection& connection, const CloseReason& reason) = 0;
};

struct ServerOptions {
  ServerLimits session = {};
  ConnectionLimits connection = {};
};

class ServerConnection final : public SessionConnection<ServerSession, ServerHandler> {
 public:
  static std::shared_ptr<ServerConnection> start(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream,
                                                 ServerHandler& handler, const ServerOptions& options = {});

  /// Sends a message. Precondition: on_connect has accepted. `frame` may be shared by any number of connections.
  Delivery deliver(PublishFrame& frame, QoS qos);

  /// The same, but what does not fit into the output, or into the window of what is not acknowledged, is left out and
  /// counted at any QoS, instead of closing a slow reader.
  Delivery offer(PublishFrame& frame, QoS qos);

  // Of a PUBLISH, in on_publish; see mqtt/server_session.h.
  void hold_acknowledgement(AckTicket ticket) { session_.hold_acknowledgement(ticket); }
  void postpone(const Publish& publish);
  // Later.
  void release(AckTicket ticket);
  void resume();
  bool holds(AckTicket ticket) const { return session_.holds(ticket); }
  bool holds_any() const { return session_.holds_any(); }

  /// From now on; see mqtt/server_session.h.
  void set_publish_rate(std::uint32_t messages_a_second) { session_.set_publish_rate(messages_a_second); }
  /// Times that it was not read because it published faster.
  std::uint64_t pauses() const { return session_.pauses(); }

  /// The client's will; nothing after DISCONNECT.
  const std::optional<OwnedWill>& will() const { return session_.will(); }
  /// QoS 1 messages sent and not acknowledged.
  std::size_t in_flight() const { return session_.in_flight(); }

 private:
  using SessionConnection::SessionConnection;
  void handle_input(SteadyTime now) override;
  void ended(const CloseReason& reason) override;
  bool paused() const override { return session_.paused(); }
  std::uint64_t acknowledgements() const override { return session_.acknowledgements(); }

  void handle(const Connect& connect);
  void handle(const Publish& publish);
  void handle(const Subscribe& subscribe);
  void handle(const Unsubscribe& unsubscribe);
};

}  // namespace fescue::mqtt
