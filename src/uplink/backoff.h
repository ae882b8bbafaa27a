// Pure: how long to wait before the next try to connect. Doubles from a first range up to a longest; each pause is
// drawn from the upper half of its range, so that cores that lost the same control plane do not come back in one
// instant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fescue {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(std::max(first, longest)), range_(first) {}

  /// `random` is any evenly distributed number.
  std::chrono::milliseconds next(std::uint64_t random) {
    const std::chrono::milliseconds range = range_;
    range_ = std::min(range_ * 2, longest_);
    const auto half = static_cast<std::uint64_t>(range.count() / 2);
    return std::chrono::milliseconds(half + random % (half + 1));
  }
  void reset() { range_ = first_; }

 private:
  std::chrono::milliseconds first_, longest_, range_;
};

}  // namespace fescue
