// Two clocks that never mix: SteadyTime for deadlines and intervals, WallTime for what people and protocols read.
// Pure code takes times as arguments; only edges read a clock.
#pragma once

#include <chrono>
#include <string>

namespace fescue {

using SteadyClock = std::chrono::steady_clock;
using SteadyTime = SteadyClock::time_point;
using Duration = SteadyClock::duration;
using WallClock = std::chrono::system_clock;
using WallTime = WallClock::time_point;

inline SteadyTime steady_now() { return SteadyClock::now(); }
inline WallTime wall_now() { return WallClock::now(); }

/// 2019-11-11T05:47:31.435Z: always UTC, always three decimals (Greengrass API timestamps).
std::string iso8601_utc(WallTime time);

/// 2019-11-11T06:47:31.435+01:00, or ...Z when the host's zone is UTC (V1 log lines).
std::string iso8601_local(WallTime time);

/// 2019-11-11T05:47:31.435+0000 (Lambda's LastModified).
std::string lambda_timestamp(WallTime time);

/// Whole milliseconds since 1970.
long long epoch_milliseconds(WallTime time);
WallTime from_epoch_milliseconds(long long ms);

}  // namespace fescue
