// The client's requests and the answers that end them, pings, and the deadline of whatever is unanswered longest.
#include "mqtt/client_session.h"

#include <algorithm>

#include <fmt/format.h>

namespace fescue::mqtt {

ClientSession::ClientSession(const ClientOptions& options, SteadyTime now)
    : options_(options),
      decoder_(options.max_remaining_length),
      in_flight_(options.max_in_flight),
      started_(now),
      last_sent_(now),
      last_received_(now) {
  append_packet(output_, Connect{.client_id = options_.client_id,
                                 .clean_session = options_.clean_session,
                                 .keep_alive = static_cast<std::uint16_t>(options_.keep_alive.count())});
}

std::optional<ClientEvent> ClientSession::next(SteadyTime now) {
  if (unacknowledged_ != 0 && state_ == State::connected) {
    append_puback(output_, unacknowledged_);
    last_sent_ = now;
  }
  unacknowledged_ = 0;
  while (state_ != State::closed) {
    const auto packet = decoder_.next();
    if (!packet) {
      close(CloseCause::protocol_error, packet.error().message());
      break;
    }
    if (*packet == nullptr) break;
    last_received_ = now;
    auto event = state_ == State::connected ? handle(**packet) : handle_first(**packet);
    if (event) return event;
  }
  return std::nullopt;
}

std::optional<ClientEvent> ClientSession::handle_first(const Packet& packet) {
  const auto* connack = std::get_if<ConnAck>(&packet);
  if (!connack) {
    close(CloseCause::protocol_error, fmt::format("the first packet is {}, not CONNACK", name_of(packet)));
    return std::nullopt;
  }
  if (connack->code != ConnectCode::accepted) {
    close(CloseCause::refused, fmt::format("the server refused the connection: {}", name_of(connack->code)));
    return std::nullopt;
  }
  state_ = State::connected;
  return Connected{connack->session_present};
}

std::optional<ClientEvent> ClientSession::handle(const Packet& packet) {
  if (const auto* publish = std::get_if<Publish>(&packet)) {
    if (publish->qos == QoS::exactly_once) {
      close(CloseCause::protocol_error, "PUBLISH with QoS 2, which was not subscribed to");
      return std::nullopt;
    }
    unacknowledged_ = publish->packet_id;
    return publish;
  }
  if (const auto* ack = std::get_if<PubAck>(&packet)) {
    const auto request = in_flight_.acknowledge(ack->packet_id, RequestKind::publish);
    if (request) return Published{request->token};
  } else if (std::holds_alternative<PingResp>(packet)) {
    ping_sent_.reset();
  } else if (const auto* suback = std::get_if<SubAck>(&packet)) {
    const auto request = in_flight_.acknowledge(suback->packet_id, RequestKind::subscribe);
    if (request) return Subscribed{request->token, suback->codes};
  } else if (const auto* unsuback = std::get_if<UnsubAck>(&packet)) {
    const auto request = in_flight_.acknowledge(unsuback->packet_id, RequestKind::unsubscribe);
    if (request) return Unsubscribed{request->token};
  } else {
    close(CloseCause::protocol_error, fmt::format("unexpected packet {}", name_of(packet)));
  }
  return std::nullopt;
}

Result<void> ClientSession::check_connected() const {
  if (state_ == State::connected) return ok();
  return Error(Code::unavailable, "there is no MQTT connection");
}

Result<PacketId> ClientSession::start(RequestKind kind, Token token, SteadyTime now) {
  if (in_flight_.full()) {
    return Error(Code::resource_exhausted, fmt::format("{} requests wait for an answer", in_flight_.size()));
  }
  return in_flight_.add({token, now, kind});
}

Result<void> ClientSession::publish(std::string_view topic, std::string_view payload, QoS qos, Token token,
                                    SteadyTime now, Dup dup) {
  FESCUE_CHECK(check_connected());
  if (qos == QoS::exactly_once) return Error(Code::invalid_argument, "QoS 2 is not supported");
  PacketId id = 0;
  if (qos == QoS::at_least_once) {
    FESCUE_TRY(started, start(RequestKind::publish, token, now));
    id = started;
  }
  append_publish(output_, topic, payload, qos, id, id == 0 ? Dup::no : dup, Retain::no);
  last_sent_ = now;
  return ok();
}

Result<void> ClientSession::subscribe(std::span<const RequestedFilter> subscriptions, Token token, SteadyTime now) {
  FESCUE_CHECK(check_connected());
  FESCUE_TRY(id, start(RequestKind::subscribe, token, now));
  append_packet(output_, Subscribe{id, {subscriptions.begin(), subscriptions.end()}});
  last_sent_ = now;
  return ok();
}

Result<void> ClientSession::unsubscribe(std::span<const std::string_view> filters, Token token, SteadyTime now) {
  FESCUE_CHECK(check_connected());
  FESCUE_TRY(id, start(RequestKind::unsubscribe, token, now));
  append_packet(output_, Unsubscribe{id, {filters.begin(), filters.end()}});
  last_sent_ = now;
  return ok();
}

void ClientSession::disconnect() {
  if (state_ == State::connected) append_packet(output_, Disconnect{});
  close(CloseCause::disconnected, "our side said DISCONNECT");
}

void ClientSession::close(CloseCause cause, std::string text) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  closed_ = CloseReason{cause, std::move(text)};
}

SteadyTime ClientSession::next_ping() const {
  if (options_.keep_alive.count() == 0) return SteadyTime::max();
  return std::min(last_sent_, last_received_) + options_.keep_alive;
}

SteadyTime ClientSession::answer_due() const {
  if (state_ == State::awaiting_connack) return started_ + options_.operation_timeout;
  SteadyTime due = ping_sent_ ? *ping_sent_ + options_.operation_timeout : SteadyTime::max();
  if (!in_flight_.empty()) due = std::min(due, in_flight_.oldest().sent + options_.operation_timeout);
  return due;
}

SteadyTime ClientSession::deadline() const {
  if (state_ == State::closed) return SteadyTime::max();
  if (state_ == State::awaiting_connack || ping_sent_) return answer_due();
  return std::min(answer_due(), next_ping());
}

void ClientSession::on_time(SteadyTime now) {
  if (state_ == State::closed) return;
  if (now >= answer_due()) {
    close(CloseCause::timed_out,
          fmt::format("the server left a request unanswered for {} ms", options_.operation_timeout.count()));
  } else if (state_ == State::connected && !ping_sent_ && now >= next_ping()) {
    append_packet(output_, PingReq{});
    ping_sent_ = now;
    last_sent_ = now;
  }
}

}  // namespace fescue::mqtt
