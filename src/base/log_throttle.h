// A line that untrusted peers can cause is written once in a while, however often they do; what was left out is
// counted, and the next line says how many.
//
//   if (const auto left_out = throttle_.admit(steady_now())) log::warn("Refused.", {{"notLogged", *left_out}});
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace fescue {

class LogThrottle {
 public:
  explicit LogThrottle(SteadyClock::duration interval = std::chrono::seconds(1)) : interval_(interval) {}

  /// Absent: leave this line out. Else the number of lines left out since the last one that was written.
  std::optional<std::uint64_t> admit(SteadyTime now) {
    if (written_ && now - *written_ < interval_) {
      ++left_out_;
      return std::nullopt;
    }
    written_ = now;
    return std::exchange(left_out_, 0);
  }

 private:
  SteadyClock::duration interval_;
  std::optional<SteadyTime> written_;
  std::uint64_t left_out_ = 0;
};

/// The same for what is counted anyhow, without a clock: whether the line about number `count` is written. The 1st,
/// 2nd, 4th, 8th ... of what a broken caller repeats is.
constexpr bool is_logged_at(std::uint64_t count) { return std::has_single_bit(count); }

}  // namespace fescue
