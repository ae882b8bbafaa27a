// Pure: how long to wait before the next try. The pause doubles from a first one up to a longest. Where many may try in
// step (cores that lost one control plane, functions that one fault killed) a random part of it, half at most, is left
// out, so that they do not come back in one instant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fescue {

/// The whole pause after `failures` in a row, the first of which is number 1.
template <class Duration>
constexpr Duration backoff_pause(std::uint64_t failures, Duration first, Duration longest) {
  const std::uint64_t doublings = std::clamp<std::uint64_t>(failures, 1, 21) - 1;
  return std::min(first * (1 << doublings), longest);
}

/// The same as a sequence of pauses, each drawn from the upper half of its range.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(std::max(first, longest)) {}

  /// `random` is any evenly distributed number.
  std::chrono::milliseconds next(std::uint64_t random) {
    const auto half = static_cast<std::uint64_t>(backoff_pause(++failures_, first_, longest_).count() / 2);
    return std::chrono::milliseconds(half + random % (half + 1));
  }
  void reset() { failures_ = 0; }

 private:
  std::chrono::milliseconds first_, longest_;
  std::uint64_t failures_ = 0;
};

}  // namespace fescue
