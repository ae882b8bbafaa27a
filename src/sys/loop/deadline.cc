// The timer of a Deadline, and the state that it shares with a scope which may be left first.
#include "sys/loop/deadline.h"

namespace fescue {

struct Deadline::State {
  State(const asio::any_io_executor& executor, std::chrono::milliseconds timeout, std::function<void()> action)
      : timer(executor, timeout), on_expiry(std::move(action)) {}

  asio::steady_timer timer;
  std::function<void()> on_expiry;  // empty once the scope was left
  bool expired = false;
};

Deadline::Deadline(const asio::any_io_executor& executor, std::chrono::milliseconds timeout,
                   std::function<void()> on_expiry)
    : state_(std::make_shared<State>(executor, timeout, std::move(on_expiry))) {
  state_->timer.async_wait([state = state_](const error_code& error) {
    if (error || !state->on_expiry) return;
    state->expired = true;
    state->on_expiry();
  });
}

Deadline::~Deadline() {
  state_->on_expiry = nullptr;
  state_->timer.cancel();
}

bool Deadline::expired() const { return state_->expired; }

}  // namespace fescue
