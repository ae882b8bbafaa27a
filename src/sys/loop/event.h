// Event: something that coroutines wait for on the loop. Arrival: the same with a value, which a callback brings.
//
//   Event emptied(io);                       Arrival<Response> response(io);
//   ... emptied.wake() / emptied.set() ...   ask(response.callback());
//   co_await emptied.wait();                 const auto got = co_await response.wait();
//
// A wait ends when the event is set or woken and, with operation_aborted, when the waiting task is cancelled. On the
// loop's thread only. Whoever waits keeps the Event alive.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "sys/loop/asio.h"

namespace fescue {

class Event {
 public:
  explicit Event(const asio::any_io_executor& executor) : timer_(executor, SteadyTime::max()) {}
  explicit Event(asio::io_context& io) : timer_(io, SteadyTime::max()) {}

  /// It has happened, once and for all: ends the waits under way, and every later one at once.
  void set() { timer_.expires_at(SteadyTime::min()); }
  bool is_set() const { return timer_.expiry() == SteadyTime::min(); }
  /// Ends the waits under way only; those who waited look for themselves at what has changed.
  void wake() { timer_.cancel(); }

  /// To be co_awaited at once.
  auto wait() { return timer_.async_wait(use_result); }

 private:
  asio::steady_timer timer_;  // its expiry is `never` until the event is set
};

/// A value that comes once, possibly after the waiting has been given up.
template <class T>
class Arrival {
 public:
  explicit Arrival(asio::io_context& io) : state_(std::make_shared<State>(io)) {}

  std::function<void(T)> callback() const {
    return [state = state_](T value) {
      state->value = std::move(value);
      state->arrived.set();
    };
  }

  /// Absent when the wait was cancelled: the task's next wait ends it.
  Task<std::optional<T>> wait() const {
    const auto state = state_;
    if (!state->value) co_await state->arrived.wait();
    co_return std::move(state->value);
  }

 private:
  struct State {
    explicit State(asio::io_context& io) : arrived(io) {}
    Event arrived;
    std::optional<T> value;
  };
  std::shared_ptr<State> state_;
};

}  // namespace fescue
