// The client's side of one MQTT connection, without sockets or clocks; the counterpart of ServerSession, driven in the
// same way. Its constructor writes CONNECT to output().
//
// Each request carries a token of the caller's choice and comes back once as an event. A request that is not answered
// within the operation timeout closes the session (MQTT has no retransmission inside a connection): what is unanswered
// then is the caller's to send again on the next one. A PINGREQ goes out when nothing was sent, or nothing was
// received, for the length of the keep-alive, and must be answered within the operation timeout too.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "base/result.h"
#include "mqtt/close_reason.h"
#include "mqtt/codec.h"
#include "mqtt/in_flight.h"

namespace fescue::mqtt {

struct ClientOptions {
  std::string client_id;
  CleanSession clean_session = CleanSession::yes;
  std::chrono::seconds keep_alive{600};  // 0..65535; 0: no pings
  std::chrono::milliseconds operation_timeout{5000};
  std::size_t max_in_flight = 100;  // unanswered requests
  std::size_t max_remaining_length = kDefaultMaxRemainingLength;
};

struct Connected {
  SessionPresent session_present;
};
struct Published {  // PUBACK of a QoS 1 publish
  Token token = 0;
};
struct Subscribed {
  Token token = 0;
  std::span<const SubscribeCode> codes;
};
struct Unsubscribed {
  Token token = 0;
};

/// `const Publish*` is a message from the server, never null; at QoS 1 it is acknowledged when the caller asks for the
/// next event.
using ClientEvent = std::variant<Connected, const Publish*, Published, Subscribed, Unsubscribed>;

class ClientSession {
 public:
  ClientSession(const ClientOptions& options, SteadyTime now);

  std::span<char> prepare() { return decoder_.prepare(); }
  void commit(std::size_t bytes) { decoder_.commit(bytes); }
  /// In place of prepare(), until bytes come.
  void rest() { decoder_.rest(); }
  /// Null when more bytes are needed or the session is closed.
  std::optional<ClientEvent> next(SteadyTime now);

  /// Errors of the three: unavailable when not connected, resource_exhausted when the window is full. QoS 2 is refused
  /// as invalid_argument; topics and filters are the caller's to have parsed.
  Result<void> publish(std::string_view topic, std::string_view payload, QoS qos, Token token, SteadyTime now,
                       Dup dup = Dup::no);
  Result<void> subscribe(std::span<const RequestedFilter> subscriptions, Token token, SteadyTime now);
  Result<void> unsubscribe(std::span<const std::string_view> filters, Token token, SteadyTime now);
  /// Says DISCONNECT and closes.
  void disconnect();

  void close(CloseCause cause, std::string text);

  /// The next time on_time() must be called; SteadyTime::max() for never.
  SteadyTime deadline() const;
  void on_time(SteadyTime now);

  bool connected() const { return state_ == State::connected; }
  const std::optional<CloseReason>& closed() const { return closed_; }
  std::string& output() { return output_; }
  const std::string& output() const { return output_; }
  std::size_t in_flight() const { return in_flight_.size(); }
  bool window_full() const { return in_flight_.full(); }

 private:
  enum class State { awaiting_connack, connected, closed };

  std::optional<ClientEvent> handle_first(const Packet& packet);
  std::optional<ClientEvent> handle(const Packet& packet);
  Result<void> check_connected() const;
  Result<PacketId> start(RequestKind kind, Token token, SteadyTime now);
  SteadyTime next_ping() const;
  SteadyTime answer_due() const;

  ClientOptions options_;
  Decoder decoder_;
  std::string output_;
  InFlight in_flight_;
  State state_ = State::awaiting_connack;
  PacketId unacknowledged_ = 0;  // of the PUBLISH handed out last
  SteadyTime started_;
  SteadyTime last_sent_;
  SteadyTime last_received_;
  std::optional<SteadyTime> ping_sent_;
  std::optional<CloseReason> closed_;
};

}  // namespace fescue::mqtt
