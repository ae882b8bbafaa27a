// Deadline: something that happens at a time unless the scope is left first, usually closing what the scope waits on.
//
//   Deadline deadline(stream.executor(), options.timeout, [&] { stream.close(); });
//   auto [error, got] = co_await stream.read_some(buffer);
//   if (deadline.expired()) co_return Error(Code::timeout, "no answer in time");
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "sys/loop/asio.h"

namespace fescue {

/// What is left of the time until `end`; 0 when it is over.
inline std::chrono::milliseconds left_until(SteadyTime end) {
  using std::chrono::milliseconds;
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end - steady_now()));
}

class Deadline {
 public:
  Deadline(const asio::any_io_executor& executor, std::chrono::milliseconds timeout, std::function<void()> on_expiry);
  ~Deadline();  // `on_expiry` is not called after this
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool expired() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fescue
