// Connection: an MQTT session on a Stream. It is what server and client side have in common (server_connection.h,
// client_connection.h): batched reads, coalesced writes, one timer.
//
// - One read of up to 64 KiB feeds many packets. Everything that is produced while they are handled, here and on other
//   connections, leaves in one write for each connection at the end of the loop's turn (outbox.h).
// - The output is bounded. When a slow reader fills it, QoS 0 messages for it are dropped and counted; a QoS 1 message
//   that does not fit closes it (slow_reader). While acknowledgements alone exceed the bound, nothing more is read.
// - A write of at most 64 KiB that makes no progress within the stall limit closes it (timed_out).
// - One timer is armed for the earliest deadline and moved only when an earlier one appears, so an idle connection
//   wakes the process about once in a keep-alive.
//
// Lifetime: shared; the read loop, a write in progress and the timer keep it alive. It belongs to the loop's thread.
// Handlers are called from the loop only, never from inside deliver(), publish() or close(), and not after detach().
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "mqtt/close_reason.h"
#include "mqtt/packet.h"
#include "mqtt_io/outbox.h"
#include "sys/stream.h"
#include "sys/task_group.h"

namespace fescue::mqtt {

struct ConnectionLimits {
  std::size_t max_output = 1024 * 1024;  // bytes not yet taken by the kernel
  std::chrono::seconds write_stall{30};
};

enum class Delivery { sent, dropped, closed };  // dropped: QoS 0, no room; closed: the connection is (now) closing

struct Traffic {
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t packets_in = 0;
  std::uint64_t messages_in = 0, messages_out = 0, messages_dropped = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Ends the connection: what is already in the output is still sent (within the stall limit), then the stream is
  /// closed. The handler's on_closed comes later, from the loop.
  void close(CloseCause cause, std::string text);

  /// The handler is never called again. For owners that go before their connections' coroutines have ended.
  virtual void detach() = 0;

  const Peer& peer() const { return stream_->peer(); }
  const Traffic& traffic() const { return traffic_; }
  bool closing() const { return finishing_; }
  std::size_t output_bytes() const;  // not yet taken by the kernel

 protected:
  Connection(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream, const ConnectionLimits& limits);

  /// Starts reading. Once, after construction.
  void start(std::string task_name);
  /// Something was appended to the session's output: it leaves at the end of this turn.
  void output_changed();
  /// Moves the timer if the session's deadline has become earlier.
  void rearm();
  bool has_room(std::size_t bytes) const { return output_bytes() + bytes <= limits_.max_output; }

  // What the two sides provide: their session, and what to do with its events.
  virtual std::span<char> prepare() = 0;
  virtual void commit(std::size_t bytes) = 0;
  virtual void handle_input(SteadyTime now) = 0;
  virtual void on_time(SteadyTime now) = 0;
  virtual SteadyTime deadline() const = 0;
  virtual std::string& output() = 0;
  virtual const std::string& output() const = 0;
  virtual const std::optional<CloseReason>& session_closed() const = 0;
  virtual void close_session(CloseCause cause, std::string text) = 0;
  virtual void ended(const CloseReason& reason) = 0;  // once

  Traffic traffic_;

 private:
  friend class Outbox;
  void flush();
  Task<void> read_loop(std::shared_ptr<Connection> self);
  Task<void> write_rest(std::shared_ptr<Connection> self, std::size_t offset);
  Task<void> wait_for_room();
  void timer_fired();
  void finish();
  void abort_stream();

  TaskGroup& tasks_;
  std::shared_ptr<Outbox> outbox_;
  StreamPtr stream_;
  ConnectionLimits limits_;
  asio::steady_timer timer_;
  SteadyTime armed_for_ = SteadyTime::max();
  SteadyTime write_deadline_ = SteadyTime::max();
  std::string writing_;                             // given to a write in progress
  std::size_t written_ = 0;                         // of writing_
  asio::steady_timer* waiting_for_room_ = nullptr;  // the read loop's, while it waits
  bool queued_ = false;                             // in the outbox
  bool finishing_ = false;
  bool stream_closed_ = false;
};

}  // namespace fescue::mqtt
