// For tests: runs a loop until something has come true. Tests wait for conditions, never for times.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/clock.h"
#include "sys/loop/asio.h"

namespace fescue {

/// Whether `condition()` came true. The timeout is for a broken test only.
template <class Condition>
[[nodiscard]] bool run_until(asio::io_context& io, Condition condition,
                             std::chrono::seconds timeout = std::chrono::seconds(30)) {
  const SteadyTime end = steady_now() + timeout;
  while (!condition()) {
    if (steady_now() > end) return false;
    io.restart();
    io.run_one_until(end);
  }
  return true;
}

/// What `task` gives, for which the loop runs. What it throws ends the test.
template <class Value>
Value run_task(asio::io_context& io, Task<Value> task) {
  std::optional<Value> value;
  asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& error, Value given) {
    if (error) std::rethrow_exception(error);
    value = std::move(given);
  });
  if (!run_until(io, [&] { return value.has_value(); })) throw std::runtime_error("the task does not end");
  return std::move(*value);
}

}  // namespace fescue
