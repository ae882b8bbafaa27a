// The timer that is left alone while its deadline only moves later.
#include "sys/loop/moving_deadline.h"

namespace fescue {

struct MovingDeadline::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& executor, std::function<void()> action)
      : timer(executor), on_expiry(std::move(action)) {}

  void arm() {
    armed_for = due;
    timer.expires_at(due);
    timer.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->look();
    });
  }

  void look() {
    armed_for = SteadyTime::max();
    if (due == SteadyTime::max() || !on_expiry) return;
    if (steady_now() < due) return arm();
    due = SteadyTime::max();
    const auto action = on_expiry;  // it may end the owner, and itself with it
    action();
  }

  asio::steady_timer timer;
  std::function<void()> on_expiry;  // empty once the owner has gone
  SteadyTime due = SteadyTime::max();
  SteadyTime armed_for = SteadyTime::max();
};

MovingDeadline::MovingDeadline(const asio::any_io_executor& executor, std::function<void()> on_expiry)
    : state_(std::make_shared<State>(executor, std::move(on_expiry))) {}

MovingDeadline::~MovingDeadline() {
  state_->on_expiry = nullptr;
  state_->timer.cancel();
}

void MovingDeadline::set(SteadyTime due) {
  state_->due = due;
  if (due < state_->armed_for) state_->arm();
}

}  // namespace fescue
