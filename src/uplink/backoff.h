// Pure: how long to wait before the next try to connect. Doubles from one second up to a maximum; each pause is drawn
// from the upper half of its range, so that cores that lost the same control plane do not come back in one instant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fescue {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{1000};

  explicit Backoff(std::chrono::milliseconds longest) : longest_(std::max(longest, kFirst)) {}

  /// `random` is any evenly distributed number.
  std::chrono::milliseconds next(std::uint64_t random) {
    const std::chrono::milliseconds range = range_;
    range_ = std::min(range_ * 2, longest_);
    const auto half = static_cast<std::uint64_t>(range.count() / 2);
    return std::chrono::milliseconds(half + random % (half + 1));
  }
  void reset() { range_ = kFirst; }

 private:
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds range_ = kFirst;
};

}  // namespace fescue
