// The loops of a connection: one that reads, one that writes what a turn's first attempt left, one timer, and the order
// of its end.
#include "mqtt_io/connection.h"

#include <algorithm>
#include <utility>

namespace fescue::mqtt {

namespace {

constexpr std::size_t kWriteChunk = 64 * 1024;
constexpr std::uint64_t kMostWaitingAcks = 8;  // a part of any client's window
constexpr std::size_t kPubAckBytes = 4;
constexpr std::size_t kEarlyFlush = 128 * 1024;  // do not wait for the end of the turn with more than this

CloseReason reason_of(const error_code& error) {
  if (error == asio::error::eof) return {CloseCause::peer_closed, "the peer closed the connection"};
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return {CloseCause::peer_closed, "the peer reset the connection"};
  }
  if (error == asio::error::operation_aborted) return {CloseCause::stopping, "the connection was given up"};
  return {CloseCause::io, error.message()};
}

/// Causes after which sending what is left makes no sense.
bool is_abrupt(CloseCause cause) {
  return cause == CloseCause::slow_reader || cause == CloseCause::timed_out || cause == CloseCause::io;
}

bool is_cancelled(const asio::cancellation_state& state) { return state.cancelled() != asio::cancellation_type::none; }

}  // namespace

Connection::Connection(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream,
                       const ConnectionLimits& limits)
    : tasks_(tasks),
      outbox_(std::move(outbox)),
      stream_(std::move(stream)),
      limits_(limits),
      timer_(stream_->executor()) {}

Connection::~Connection() {
  if (limits_.shared_output) limits_.shared_output->give_back(counted_output_);
}

/// The loop waits once before it reads: a TLS stream may hold the peer's first packets already, and whoever starts a
/// connection does not have it yet when their handlers would run.
void Connection::start() {
  tasks_.spawn("mqtt connection", read_loop(shared_from_this()));
  if (!output().empty()) output_changed();
  rearm();
}

/// Lasts until the stream is closed, so that an empty task group means that no connection is left. (Nothing here awaits
/// inside a condition: g++ 12 resumes such coroutines at a wrong place.)
Task<void> Connection::read_loop([[maybe_unused]] std::shared_ptr<Connection> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await asio::post(stream_->executor(), use_result);
  const auto at_first = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(at_first)) close_session(CloseCause::stopping, "the service is stopping");
  while (!session_closed()) {
    if (may_read()) {
      const auto [error, got] = co_await stream_->read_some(static_cast<ReadRoom&>(*this));
      take_input(error, got);
    } else {
      co_await wait_for_change();
      take_input(error_code(), 0);  // what a pause has left
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) close_session(CloseCause::stopping, "the service is stopping");
  }
  finish();
  ended(*session_closed());
  while (!stream_closed_) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) {
      close_stream();
    } else {
      co_await wait_for_change();
    }
  }
}

void Connection::take_input(const error_code& error, std::size_t bytes) {
  if (session_closed()) return;
  if (error) {
    const CloseReason reason = reason_of(error);
    return close_session(reason.cause, reason.text);
  }
  traffic_.bytes_in += bytes;
  if (bytes > 0) commit(bytes);
  const SteadyTime now = steady_now();
  handle_input(now);
  if (may_wait_for_company()) {
    ack_deadline_ = std::min(ack_deadline_, now + limits_.ack_delay);
  } else if (!output().empty()) {
    output_changed();
  }
  rearm();
}

/// What is shared is waited for only by those who have a part in it: their own output wakes them.
bool Connection::may_read() const { return !paused() && (output_bytes() == 0 || has_room_for_message(0)); }

void Connection::count_output() {
  if (!limits_.shared_output) return;
  const std::size_t now = output_bytes();
  limits_.shared_output->change(std::exchange(counted_output_, now), now);
}

/// Whether there is nothing to send but a few acknowledgements, for which the peer does not wait.
bool Connection::may_wait_for_company() const {
  if (limits_.ack_delay.count() == 0 || queued_ || session_closed()) return false;
  const std::uint64_t waiting = acknowledgements() - acknowledgements_sent_;
  return waiting > 0 && waiting < kMostWaitingAcks && output().size() == waiting * kPubAckBytes;
}

/// Until there is room in the output, a pause is over, or the stream is closed.
Task<void> Connection::wait_for_change() {
  Event change(stream_->executor());
  waiting_for_change_ = &change;
  co_await change.wait();
  waiting_for_change_ = nullptr;
}

void Connection::wake_reader() {
  if (waiting_for_change_) waiting_for_change_->wake();
}

void Connection::prepare_output() {
  std::string& out = output();
  if (out.empty() && out.capacity() <= std::string().capacity()) out = outbox_->borrow_buffer();
}

void Connection::output_changed() {
  count_output();
  if (!write_pending_ && output().size() > kEarlyFlush && !finishing_) return flush();
  if (queued_ || write_pending_) return;
  queued_ = true;
  outbox_->add(shared_from_this());
}

void Connection::flush() {
  queued_ = false;
  ack_deadline_ = SteadyTime::max();
  acknowledgements_sent_ = acknowledgements();
  if (stream_closed_ || write_pending_) return;
  if (session_closed() && is_abrupt(session_closed()->cause)) return close_stream();
  std::string& out = output();
  const std::size_t sent = out.empty() ? 0 : stream_->write_now(asio::buffer(out));
  traffic_.bytes_out += sent;
  if (sent < out.size()) {
    if (tasks_.stopped()) return close_stream();
    writing_.swap(out);
    written_ = sent;
    count_output();
    write_pending_ = true;
    tasks_.spawn("mqtt write", write_rest(shared_from_this()));
    return;
  }
  outbox_->recycle(std::exchange(out, {}));
  count_output();
  wake_reader();
  if (finishing_) close_stream();
}

Task<void> Connection::write_rest([[maybe_unused]] std::shared_ptr<Connection> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    const bool usable = co_await write_chunk();
    if (!usable) break;
    if (has_room(0)) wake_reader();
    if (written_ < writing_.size()) continue;
    written_ = 0;
    outbox_->recycle(std::exchange(writing_, {}));
    if (output().empty()) break;
    writing_.swap(output());
  }
  write_deadline_ = SteadyTime::max();
  write_pending_ = false;
  if (finishing_ || session_closed()) close_stream();
}

/// False: the stream is of no more use.
Task<bool> Connection::write_chunk() {
  const std::size_t size = std::min(kWriteChunk, writing_.size() - written_);
  write_deadline_ = steady_now() + limits_.write_stall;
  rearm();
  const error_code error = co_await stream_->write_all(asio::buffer(writing_.data() + written_, size));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (stream_closed_ || is_cancelled(state)) co_return false;
  if (error) {
    const CloseReason reason = reason_of(error);
    close_session(reason.cause, reason.text);
    co_return false;
  }
  written_ += size;
  count_output();
  traffic_.bytes_out += size;
  co_return true;
}

SteadyTime Connection::own_deadline() const { return std::min(write_deadline_, linger_deadline_); }

void Connection::rearm() {
  const SteadyTime earliest = std::min({session_deadline(), own_deadline(), ack_deadline_});
  if (stream_closed_ || earliest >= armed_for_) return;
  armed_for_ = earliest;
  timer_.expires_at(earliest);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->timer_fired();
  });
}

void Connection::timer_fired() {
  armed_for_ = SteadyTime::max();
  const SteadyTime now = steady_now();
  const bool was_paused = paused();
  if (now >= own_deadline()) {
    close_session(CloseCause::timed_out, "the peer stopped reading");
    return close_stream();
  }
  on_time(now);
  if (session_closed()) return finish();
  if (!output().empty()) output_changed();
  if (was_paused && !paused()) wake_reader();
  rearm();
}

void Connection::close(CloseCause cause, std::string text) {
  close_session(cause, std::move(text));
  finish();
}

/// The stream is closed when the output is empty; at the end of this turn at the earliest, so that nothing that the
/// caller holds ends under it.
void Connection::finish() {
  if (finishing_) return;
  finishing_ = true;
  linger_deadline_ = steady_now() + limits_.linger;
  rearm();
  if (write_pending_) {
    if (is_abrupt(session_closed()->cause)) close_stream();
  } else if (!queued_) {
    queued_ = true;
    outbox_->add(shared_from_this());
  }
}

void Connection::close_stream() {
  if (stream_closed_) return;
  stream_closed_ = true;
  finishing_ = true;
  timer_.cancel();
  wake_reader();
  stream_->close();
}

}  // namespace fescue::mqtt
