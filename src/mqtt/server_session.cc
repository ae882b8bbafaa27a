// The server's answers to each packet, in each state of the session, and its two deadlines: CONNECT and keep-alive.
#include "mqtt/server_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"

namespace fescue::mqtt {

ServerSession::ServerSession(const ServerLimits& limits, SteadyTime now)
    : limits_(limits),
      decoder_(limits.max_remaining_length),
      in_flight_(limits.max_in_flight),
      connect_by_(now + limits.connect_deadline),
      last_received_(now) {}

std::optional<ServerEvent> ServerSession::next(SteadyTime now) {
  FESCUE_ASSERT(state_ != State::deciding);
  acknowledge_publish();
  if (paused()) return std::nullopt;
  if (postponed_ && state_ == State::connected) {
    const Publish* again = std::exchange(postponed_, nullptr);
    unacknowledged_ = again->packet_id;
    return again;
  }
  while (state_ != State::closed) {
    const auto packet = decoder_.next();
    if (!packet) {
      decoding_failed(packet.error());
      break;
    }
    if (*packet == nullptr) break;
    last_received_ = now;  // packets count, not bytes [3.1.2.10]
    auto event = state_ == State::connected ? handle(**packet, now) : handle_first(**packet);
    if (event) return event;
  }
  return std::nullopt;
}

void ServerSession::acknowledge_publish() {
  if (unacknowledged_ != 0 && state_ == State::connected) {
    const AckTicket behind = held_.empty() ? 0 : held_.back().ticket;
    const AckTicket ticket = std::max(hold_for_, behind);
    if (ticket != 0) {
      held_.push_back({unacknowledged_, ticket});
    } else {
      acknowledge(unacknowledged_);
    }
  }
  unacknowledged_ = 0;
  hold_for_ = 0;
}

void ServerSession::acknowledge(PacketId id) {
  append_puback(output_, id);
  ++acknowledgements_;
}

void ServerSession::postpone(const Publish& publish) {
  unacknowledged_ = 0;
  postponed_ = &publish;
  paused_ = true;
}

void ServerSession::resume(SteadyTime now) {
  paused_ = false;
  last_received_ = now;
}

void ServerSession::release(AckTicket ticket, SteadyTime now) {
  if (paused()) last_received_ = now;
  const auto end = std::ranges::find_if(held_, [&](const Held& held) { return held.ticket > ticket; });
  if (state_ == State::connected) {
    std::for_each(held_.begin(), end, [&](const Held& held) { acknowledge(held.id); });
  }
  held_.erase(held_.begin(), end);
  if (held_.empty()) held_ = {};
}

void ServerSession::decoding_failed(const Error& error) {
  const bool other_version = error.code() == Code::unimplemented && state_ == State::awaiting_connect;
  if (other_version) append_packet(output_, ConnAck{SessionPresent::no, ConnectCode::unacceptable_protocol});
  close(CloseCause::protocol_error, error.message());
}

std::optional<ServerEvent> ServerSession::handle_first(const Packet& packet) {
  const auto* connect = std::get_if<Connect>(&packet);
  if (!connect) {
    close(CloseCause::protocol_error, fmt::format("the first packet is {}, not CONNECT", name_of(packet)));
    return std::nullopt;
  }
  state_ = State::deciding;
  if (connect->client_id.empty() && !bool(connect->clean_session)) {
    refuse(ConnectCode::identifier_rejected, "an empty client id needs a clean session");
    return std::nullopt;
  }
  if (connect->will) {
    if (connect->will->qos == QoS::exactly_once) {
      close(CloseCause::protocol_error, "the will has QoS 2, which is not supported");
      return std::nullopt;
    }
    const Will& will = *connect->will;
    will_ = OwnedWill{std::string(will.topic), std::string(will.payload), will.qos, will.retain};
  }
  silence_allowed_ = silence_allowed(connect->keep_alive);
  return connect;
}

Duration ServerSession::silence_allowed(std::uint16_t keep_alive) const {
  std::chrono::seconds wanted(keep_alive);
  const std::chrono::seconds most = limits_.max_keep_alive;
  if (most.count() > 0 && (wanted.count() == 0 || wanted > most)) wanted = most;
  return std::chrono::duration_cast<Duration>(wanted) * 3 / 2;
}

std::optional<ServerEvent> ServerSession::handle(const Packet& packet, SteadyTime now) {
  if (const auto* publish = std::get_if<Publish>(&packet)) {
    if (publish->qos == QoS::exactly_once) {
      close(CloseCause::protocol_error, "PUBLISH with QoS 2, which is not supported");
      return std::nullopt;
    }
    unacknowledged_ = publish->packet_id;
    if (limits_.max_publish_rate != 0) keep_to_rate(now);
    return publish;
  }
  if (const auto* ack = std::get_if<PubAck>(&packet)) {
    in_flight_.acknowledge(ack->packet_id, RequestKind::publish);  // an unknown id is harmless
  } else if (std::holds_alternative<PingReq>(packet)) {
    append_packet(output_, PingResp{});
  } else if (const auto* subscribe = std::get_if<Subscribe>(&packet)) {
    return subscribe;
  } else if (const auto* unsubscribe = std::get_if<Unsubscribe>(&packet)) {
    append_packet(output_, UnsubAck{unsubscribe->packet_id});
    return unsubscribe;
  } else if (std::holds_alternative<Disconnect>(packet)) {
    will_.reset();
    close(CloseCause::disconnected, "the client said DISCONNECT");
  } else {
    close(CloseCause::protocol_error, fmt::format("unexpected packet {}", name_of(packet)));
  }
  return std::nullopt;
}

void ServerSession::keep_to_rate(SteadyTime now) {
  constexpr Duration kAtOnce = std::chrono::seconds(1), kPause = std::chrono::milliseconds(100);
  paid_until_ = std::max(paid_until_, now) + kAtOnce / limits_.max_publish_rate;
  if (paid_until_ - now < kAtOnce) return;
  too_fast_until_ = now + kPause;
  ++pauses_;
}

void ServerSession::accept() {
  FESCUE_ASSERT(state_ == State::deciding);
  state_ = State::connected;
  append_packet(output_, ConnAck{});
}

void ServerSession::refuse(ConnectCode code, std::string why) {
  FESCUE_ASSERT(state_ == State::deciding && code != ConnectCode::accepted);
  append_packet(output_, ConnAck{SessionPresent::no, code});
  will_.reset();
  close(CloseCause::refused, std::move(why));
}

void ServerSession::subscribed(const Subscribe& request, std::span<const SubscribeCode> codes) {
  FESCUE_ASSERT(codes.size() == request.subscriptions.size());
  if (state_ != State::connected) return;
  append_packet(output_, SubAck{request.packet_id, {codes.begin(), codes.end()}});
}

bool ServerSession::deliver(PublishFrame& frame, QoS qos) {
  FESCUE_ASSERT(state_ == State::connected);
  PacketId id = 0;
  if (qos != QoS::at_most_once) {
    if (in_flight_.full()) return false;
    id = in_flight_.add({});
  }
  frame.append_to(output_, qos, id);
  return true;
}

void ServerSession::close(CloseCause cause, std::string text) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  closed_ = CloseReason{cause, std::move(text)};
}

SteadyTime ServerSession::deadline() const {
  if (state_ == State::awaiting_connect || state_ == State::deciding) return connect_by_;
  if (state_ != State::closed && too_fast_until_) return *too_fast_until_;
  if (state_ == State::closed || silence_allowed_ == Duration::zero() || paused()) return SteadyTime::max();
  return last_received_ + silence_allowed_;
}

void ServerSession::on_time(SteadyTime now) {
  if (now < deadline()) return;
  if (std::exchange(too_fast_until_, std::nullopt)) {
    last_received_ = now;
    return;
  }
  close(CloseCause::timed_out, state_ == State::connected
                                   ? "nothing was received for one and a half times the keep-alive"
                                   : "no CONNECT came within the deadline");
}

}  // namespace fescue::mqtt
