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

TEST(LogThrottle, LeavesOutMoreTheOftenerSomethingHappens) {
  int lines = 0;
  for (std::uint64_t count = 1; count <= 1000; ++count) lines += is_logged_at(count) ? 1 : 0;
  EXPECT_EQ(lines, 10);
  EXPECT_TRUE(is_logged_at(1) && is_logged_at(2) && is_logged_at(512));
}

}  // namespace
}  // namespace fescue
