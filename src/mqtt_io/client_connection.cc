// From the client session's events to calls of the handler, and from requests to the session, within the output's
// bound.
#include "mqtt_io/client_connection.h"

#include <fmt/format.h>

namespace fescue::mqtt {

std::shared_ptr<ClientConnection> ClientConnection::start(TaskGroup& tasks, std::shared_ptr<Outbox> outbox,
                                                          StreamPtr stream, ClientHandler& handler,
                                                          const ClientConnectionOptions& options) {
  std::shared_ptr<ClientConnection> connection(
      new ClientConnection(tasks, std::move(outbox), std::move(stream), handler, options));
  connection->Connection::start();
  return connection;
}

void ClientConnection::handle_input(SteadyTime now) {
  while (auto event = session_.next(now)) {
    if (handler_) std::visit([this](const auto& each) { handle(each); }, *event);
  }
}

void ClientConnection::handle(const Connected& connected) { handler_->on_connected(connected); }

void ClientConnection::handle(const Publish* message) {
  ++traffic_.messages_in;
  handler_->on_message(*message);
}

void ClientConnection::handle(const Published& published) { handler_->on_published(published.token); }

void ClientConnection::handle(const Subscribed& subscribed) {
  handler_->on_subscribed(subscribed.token, subscribed.codes);
}

void ClientConnection::handle(const Unsubscribed& unsubscribed) { handler_->on_unsubscribed(unsubscribed.token); }

bool ClientConnection::can_publish(std::size_t topic_and_payload_bytes) const {
  constexpr std::size_t kMaxHeader = 9;
  return session_.connected() && !session_.window_full() && has_room(topic_and_payload_bytes + kMaxHeader);
}

Result<void> ClientConnection::check_room(std::size_t bytes) {
  if (session_.connected() && !has_room(bytes)) {
    return Error(Code::resource_exhausted, fmt::format("{} bytes wait to be sent", output_bytes()));
  }
  prepare_output();
  return ok();
}

Result<void> ClientConnection::publish(std::string_view topic, std::string_view payload, QoS qos, Token token,
                                       Dup dup) {
  FESCUE_CHECK(check_room(topic.size() + payload.size()));
  FESCUE_CHECK(session_.publish(topic, payload, qos, token, steady_now(), dup));
  ++traffic_.messages_out;
  sent();
  return ok();
}

Result<void> ClientConnection::subscribe(std::span<const RequestedFilter> subscriptions, Token token) {
  FESCUE_CHECK(session_.subscribe(subscriptions, token, steady_now()));
  sent();
  return ok();
}

Result<void> ClientConnection::unsubscribe(std::span<const std::string_view> filters, Token token) {
  FESCUE_CHECK(session_.unsubscribe(filters, token, steady_now()));
  sent();
  return ok();
}

void ClientConnection::sent() {
  output_changed();
  rearm();
}

void ClientConnection::disconnect() {
  session_.disconnect();
  close(CloseCause::disconnected, {});
}

void ClientConnection::ended(const CloseReason& reason) {
  if (handler_) handler_->on_closed(reason);
}

}  // namespace fescue::mqtt
