// Connection: an MQTT session on a Stream. It is what server and client side have in common (server_connection.h,
// client_connection.h): batched reads, coalesced writes, one timer.
//
// - One read of up to 64 KiB feeds many packets. Everything that is produced while they are handled, here and on other
//   connections, leaves in one write for each connection at the end of the loop's turn (outbox.h).
// - The output is bounded. When a slow reader fills it, QoS 0 messages for it are dropped and counted; a QoS 1 message
//   that does not fit closes it (slow_reader). While acknowledgements alone exceed the bound, nothing more is read.
//   Several connections may have a bound together (`shared_output`): what exceeds it counts as what exceeds their own.
// - A write of at most 64 KiB that does not complete within `write_stall` closes it (timed_out).
// - With an `ack_delay`, a few acknowledgements that nothing else is sent with wait that long for company: a request's
//   acknowledgement then travels with what answers it, in one write and one TLS record.
// - One timer is armed for the earliest deadline and moved only when an earlier one appears, so an idle connection
//   wakes the process about once in a keep-alive.
//
// Lifetime: shared; the read loop, a write in progress and the timer keep it alive. It belongs to the loop's thread.
// Handlers are called from the loop only, never from inside start(), deliver(), publish() or close(), and not after
// detach(): whoever starts a connection has it before the first packet is handled, however early that came.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "mqtt/close_reason.h"
#include "mqtt_io/outbox.h"
#include "mqtt_io/pooled_share.h"
#include "sys/loop/event.h"
#include "sys/loop/task_group.h"
#include "sys/net/stream.h"

namespace fescue::mqtt {

struct ConnectionLimits {
  std::size_t max_output = 1024 * 1024;                  // bytes not yet taken by the kernel
  std::shared_ptr<PooledShare> shared_output = nullptr;  // of several connections; null: `max_output` is all there is
  std::chrono::milliseconds write_stall{30'000};
  std::chrono::milliseconds linger{5'000};  // for what is left to send when the connection ends
  std::chrono::milliseconds ack_delay{0};   // of a server that speaks to a client with a window of its own
};

enum class Delivery { sent, dropped, closed };  // dropped: QoS 0, no room; closed: the connection is ending

struct Traffic {
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t messages_in = 0, messages_out = 0, messages_dropped = 0;
};

class Connection : public std::enable_shared_from_this<Connection>, private ReadRoom {
 public:
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Ends the connection. What is in the output is still sent (within `linger`; not for slow_reader, timed_out and io);
  /// then the stream is closed, and the handler's on_closed follows. A second call changes nothing.
  void close(CloseCause cause, std::string text);

  /// The handler is never called again. For owners that go before their connections' coroutines have ended.
  virtual void detach() = 0;

  const Peer& peer() const { return stream_->peer(); }
  const Traffic& traffic() const { return traffic_; }
  /// Bytes that the kernel has not yet taken.
  std::size_t output_bytes() const { return output().size() + writing_.size() - written_; }

 protected:
  Connection(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream, const ConnectionLimits& limits);

  /// Starts reading, in a later turn of the loop; once.
  void start();
  bool has_room(std::size_t bytes) const { return output_bytes() + bytes <= limits_.max_output; }
  /// The same, and in what it shares with others.
  bool has_room_for_message(std::size_t bytes) const {
    return has_room(bytes) && (!limits_.shared_output || limits_.shared_output->has_room(bytes));
  }
  /// Before something is appended to an empty output: gives it a buffer.
  void prepare_output();
  /// Something was appended: it leaves at the end of this turn.
  void output_changed();
  /// Looks again whether there is something to read, or whether what has been read may be handled now.
  void wake_reader();
  /// Moves the timer if the earliest deadline has become earlier.
  void rearm();

  // What the two sides provide: their session, and what to do with its events.
  virtual void commit(std::size_t bytes) = 0;
  virtual void handle_input(SteadyTime now) = 0;
  virtual void on_time(SteadyTime now) = 0;
  virtual SteadyTime session_deadline() const = 0;
  virtual std::string& output() = 0;
  virtual const std::string& output() const = 0;
  virtual const std::optional<CloseReason>& session_closed() const = 0;
  virtual void close_session(CloseCause cause, std::string text) = 0;
  virtual void ended(const CloseReason& reason) = 0;  // once
  virtual bool paused() const { return false; }       // nothing is read or handled; wake_reader() when it ends
  virtual std::uint64_t acknowledgements() const { return 0; }  // PUBACKs ever appended to the output

  Traffic traffic_;

 private:
  friend class Outbox;

  Task<void> read_loop(std::shared_ptr<Connection> self);
  void take_input(const error_code& error, std::size_t bytes);
  Task<void> wait_for_change();
  bool may_read() const;
  void count_output();
  bool may_wait_for_company() const;
  void flush();
  Task<void> write_rest(std::shared_ptr<Connection> self);
  Task<bool> write_chunk();
  void timer_fired();
  void finish();
  void close_stream();
  SteadyTime own_deadline() const;

  TaskGroup& tasks_;
  std::shared_ptr<Outbox> outbox_;
  StreamPtr stream_;
  ConnectionLimits limits_;
  asio::steady_timer timer_;
  SteadyTime armed_for_ = SteadyTime::max();
  SteadyTime write_deadline_ = SteadyTime::max();
  SteadyTime linger_deadline_ = SteadyTime::max();
  SteadyTime ack_deadline_ = SteadyTime::max();
  std::uint64_t acknowledgements_sent_ = 0;
  std::size_t counted_output_ = 0;       // in what is shared
  std::string writing_;                  // taken from the output by a write in progress
  std::size_t written_ = 0;              // of writing_
  Event* waiting_for_change_ = nullptr;  // the read loop's, while it does not read
  bool write_pending_ = false;
  bool queued_ = false;  // in the outbox
  bool finishing_ = false;
  bool stream_closed_ = false;
};

}  // namespace fescue::mqtt
