// Which lines are written and which are only counted.
#include "base/log_throttle.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using namespace std::chrono_literals;

TEST(LogThrottle, WritesTheFirstAndThenOneInAnInterval) {
  LogThrottle throttle(10s);
  const SteadyTime start = SteadyTime() + 1h;
  EXPECT_EQ(throttle.admit(start), 0u);
  EXPECT_FALSE(throttle.admit(start));
  EXPECT_FALSE(throttle.admit(start + 9s));
  EXPECT_EQ(throttle.admit(start + 10s), 2u);
  EXPECT_FALSE(throttle.admit(start + 19s));
  EXPECT_EQ(throttle.admit(start + 40s), 1u);
  EXPECT_EQ(throttle.admit(start + 50s), 0u);
}

}  // namespace
}  // namespace fescue
