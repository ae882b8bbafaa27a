// For tests: runs a loop until something has come true. Tests wait for conditions, never for times.
#pragma once

#include <chrono>

#include "base/clock.h"
#include "sys/loop/asio.h"

namespace fescue {

/// Whether `condition()` came true. The patience is for a broken test only.
template <class Condition>
[[nodiscard]] bool run_until(asio::io_context& io, Condition condition,
                             std::chrono::seconds patience = std::chrono::seconds(30)) {
  const SteadyTime end = steady_now() + patience;
  while (!condition()) {
    if (steady_now() > end) return false;
    io.restart();
    io.run_one_until(end);
  }
  return true;
}

}  // namespace fescue
