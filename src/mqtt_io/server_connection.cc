// From the server session's events to calls of the handler, and the handler's verdicts back to the session.
#include "mqtt_io/server_connection.h"

#include <fmt/format.h>

namespace fescue::mqtt {

std::shared_ptr<ServerConnection> ServerConnection::start(TaskGroup& tasks, std::shared_ptr<Outbox> outbox,
                                                          StreamPtr stream, ServerHandler& handler,
                                                          const ServerOptions& options) {
  std::shared_ptr<ServerConnection> connection(
      new ServerConnection(tasks, std::move(outbox), std::move(stream), handler, options));
  connection->Connection::start();
  return connection;
}

void ServerConnection::handle_input(SteadyTime now) {
  while (auto event = session_.next(now)) {
    std::visit([this](const auto* packet) { handle(*packet); }, *event);
  }
}

void ServerConnection::handle(const Connect& connect) {
  const ConnectCode code = handler_ ? handler_->on_connect(*this, connect) : ConnectCode::server_unavailable;
  if (session_.closed()) return;
  if (code == ConnectCode::accepted) {
    session_.accept();
  } else {
    session_.refuse(code, fmt::format("CONNECT was refused: {}", name_of(code)));
  }
}

void ServerConnection::handle(const Publish& publish) {
  ++traffic_.messages_in;
  if (handler_) handler_->on_publish(*this, publish);
}

void ServerConnection::handle(const Subscribe& subscribe) {
  if (!handler_) return;
  session_.subscribed(subscribe, handler_->on_subscribe(*this, subscribe));
  if (handler_) handler_->on_subscribed(*this, subscribe);
}

void ServerConnection::handle(const Unsubscribe& unsubscribe) {
  if (handler_) handler_->on_unsubscribe(*this, unsubscribe);
}

Delivery ServerConnection::deliver(PublishFrame& frame, QoS qos) {
  if (session_.closed()) return Delivery::closed;
  if (!has_room_for_message(frame.size(qos))) {
    if (qos == QoS::at_most_once) {
      ++traffic_.messages_dropped;
      return Delivery::dropped;
    }
    close(CloseCause::slow_reader, fmt::format("{} bytes wait to be read", output_bytes()));
    return Delivery::closed;
  }
  prepare_output();
  if (!session_.deliver(frame, qos)) {
    close(CloseCause::slow_reader, fmt::format("{} QoS 1 messages are not acknowledged", session_.in_flight()));
    return Delivery::closed;
  }
  ++traffic_.messages_out;
  output_changed();
  return Delivery::sent;
}

Delivery ServerConnection::offer(PublishFrame& frame, QoS qos) {
  const bool fits = has_room_for_message(frame.size(qos)) && (qos == QoS::at_most_once || !session_.window_full());
  if (session_.closed() || fits) return deliver(frame, qos);
  ++traffic_.messages_dropped;
  return Delivery::dropped;
}

void ServerConnection::postpone(const Publish& publish) {
  --traffic_.messages_in;  // it will come again
  session_.postpone(publish);
}

void ServerConnection::resume() {
  session_.resume(steady_now());
  wake_reader();
}

void ServerConnection::release(AckTicket ticket) {
  if (session_.closed() || !session_.holds(ticket)) return;
  const bool was_paused = session_.paused();
  prepare_output();
  session_.release(ticket, steady_now());
  output_changed();
  if (was_paused) wake_reader();
}

void ServerConnection::ended(const CloseReason& reason) {
  if (handler_) handler_->on_closed(*this, reason);
}

}  // namespace fescue::mqtt
