// When the sessions of tests begin.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace fescue::mqtt {

inline const SteadyTime kStart = SteadyTime() + std::chrono::hours(1);

}  // namespace fescue::mqtt
