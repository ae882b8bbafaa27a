// The server's side of one MQTT connection, without sockets or clocks: bytes and times go in, events and bytes to send
// come out.
//
//   auto room = session.prepare(); session.commit(read(room));
//   while (auto event = session.next(now)) visit(...);   // views in an event are good until next() or prepare()
//   write(session.output());                             // a string that the caller empties
//
// Rules: CONNECT first, once, and within a deadline; the peer is closed after 1.5 times its keep-alive without a packet
// [3.1.2.10]; a QoS 1 PUBLISH is acknowledged when the caller asks for the next event, unless it closed the session
// before, or holds it back; QoS 2 is not spoken: SUBSCRIBE is granted 1 at most, a QoS 2 PUBLISH or will closes (as AWS
// IoT does). Sessions are clean: nothing outlives the connection, session_present is always 0.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "mqtt/close_reason.h"
#include "mqtt/codec.h"
#include "mqtt/in_flight.h"

namespace fescue::mqtt {

struct ServerLimits {
  std::size_t max_remaining_length = kDefaultMaxRemainingLength;
  std::chrono::seconds connect_deadline{10};
  std::chrono::seconds max_keep_alive{0};  // a client that asks for more, or for none, gets this; 0: no bound
  std::size_t max_in_flight = 16'384;      // QoS 1 messages sent and not acknowledged; acknowledgements held
  std::uint32_t max_publish_rate = 0;      // PUBLISHes a second, and so many at once; 0: no bound
};

struct OwnedWill {
  std::string topic;
  std::string payload;
  QoS qos = QoS::at_most_once;
  Retain retain = Retain::no;
};

/// What a held acknowledgement waits for: whatever the caller counts upwards.
using AckTicket = std::uint64_t;

/// What the caller has to act on. The pointers are never null.
using ServerEvent = std::variant<const Connect*,       // answer with accept() or refuse() before the next next()
                                 const Publish*,       // QoS 0 or 1; close() instead of the PUBACK to refuse it
                                 const Subscribe*,     // answer with subscribed()
                                 const Unsubscribe*>;  // acknowledged by the session

class ServerSession {
 public:
  ServerSession(const ServerLimits& limits, SteadyTime now);

  std::span<char> prepare() { return decoder_.prepare(); }
  void commit(std::size_t bytes) { decoder_.commit(bytes); }
  /// In place of prepare(), until bytes come.
  void rest() { decoder_.rest(); }
  /// Null when more bytes are needed or the session is closed.
  std::optional<ServerEvent> next(SteadyTime now);

  void accept();
  void refuse(ConnectCode code, std::string why);
  /// One code for each filter, in order.
  void subscribed(const Subscribe& request, std::span<const SubscribeCode> codes);

  /// Appends a PUBLISH to output(). False: the in-flight window is full and nothing was appended (QoS 1 only).
  [[nodiscard]] bool deliver(PublishFrame& frame, QoS qos);

  // In place of the PUBACK that the PUBLISH handed out last would get:
  /// It is sent by release() of this ticket or of a later one; those of later PUBLISHes wait behind it [4.6.0-2].
  void hold_acknowledgement(AckTicket ticket) { hold_for_ = ticket; }
  /// The session stands still until resume(): next() gives nothing, no deadline passes. Then it is handed out again.
  void postpone(const Publish& publish);

  void release(AckTicket ticket, SteadyTime now);
  void resume(SteadyTime now);
  /// Postponed, too fast, or as many acknowledgements are held as there may be.
  bool paused() const { return paused_ || too_fast_until_ || held_.size() >= limits_.max_in_flight; }
  /// Whoever publishes faster than that is not read for a tenth of a second at a time.
  void set_publish_rate(std::uint32_t messages_a_second) { limits_.max_publish_rate = messages_a_second; }
  std::uint64_t pauses() const { return pauses_; }
  bool holds_any() const { return !held_.empty(); }
  /// Whether an acknowledgement is held that `ticket` would release.
  bool holds(AckTicket ticket) const { return !held_.empty() && held_.front().ticket <= ticket; }

  /// Ends the session; output() may still hold what explains it to the peer.
  void close(CloseCause cause, std::string text);

  /// The next time on_time() must be called; SteadyTime::max() for never.
  SteadyTime deadline() const;
  void on_time(SteadyTime now);

  bool connected() const { return state_ == State::connected; }
  const std::optional<CloseReason>& closed() const { return closed_; }
  /// To be published if the connection ends by anything but DISCONNECT.
  const std::optional<OwnedWill>& will() const { return will_; }
  std::string& output() { return output_; }
  const std::string& output() const { return output_; }
  std::size_t in_flight() const { return in_flight_.size(); }
  bool window_full() const { return in_flight_.full(); }
  /// PUBACKs appended to output() since the start, of 4 bytes each.
  std::uint64_t acknowledgements() const { return acknowledgements_; }

 private:
  enum class State { awaiting_connect, deciding, connected, closed };

  std::optional<ServerEvent> handle_first(const Packet& packet);
  std::optional<ServerEvent> handle(const Packet& packet, SteadyTime now);
  void keep_to_rate(SteadyTime now);
  void acknowledge_publish();
  void acknowledge(PacketId id);
  void decoding_failed(const Error& error);
  Duration silence_allowed(std::uint16_t keep_alive) const;

  ServerLimits limits_;
  Decoder decoder_;
  std::string output_;
  InFlight in_flight_;
  State state_ = State::awaiting_connect;
  PacketId unacknowledged_ = 0;  // of the PUBLISH handed out last
  AckTicket hold_for_ = 0;       // what it waits for; 0: nothing
  struct Held {
    PacketId id;
    AckTicket ticket;
  };
  std::vector<Held> held_;              // in the order of the PUBLISHes; tickets never fall
  const Publish* postponed_ = nullptr;  // the decoder's, which stands still too
  bool paused_ = false;
  SteadyTime paid_until_ =
      SteadyTime::min();  // the time that the PUBLISHes so far would have taken at the highest rate
  std::optional<SteadyTime> too_fast_until_;
  std::uint64_t pauses_ = 0;
  std::uint64_t acknowledgements_ = 0;
  SteadyTime connect_by_;
  Duration silence_allowed_ = Duration::zero();  // zero: no bound
  SteadyTime last_received_;
  std::optional<OwnedWill> will_;
  std::optional<CloseReason> closed_;
};

}  // namespace fescue::mqtt
