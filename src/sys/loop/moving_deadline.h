// MovingDeadline: a deadline that is moved with every message but rarely passes. Moving it later costs a comparison:
// the timer stays armed for the earlier time, and when that comes it is armed again for what is left.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "sys/loop/asio.h"

namespace fescue {

class MovingDeadline {
 public:
  /// `on_expiry` may be called again and again: each time a deadline that was set has passed.
  MovingDeadline(const asio::any_io_executor& executor, std::function<void()> on_expiry);
  ~MovingDeadline();  // `on_expiry` is not called after this
  MovingDeadline(const MovingDeadline&) = delete;
  MovingDeadline& operator=(const MovingDeadline&) = delete;

  void set(SteadyTime due);
  void clear() { set(SteadyTime::max()); }

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fescue
