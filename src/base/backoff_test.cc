// Pauses with given chance.
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using std::chrono::milliseconds;

TEST(BackoffPause, DoublesUpToTheLongest) {
  EXPECT_EQ(backoff_pause(1, milliseconds(3), milliseconds(10)).count(), 3);
  EXPECT_EQ(backoff_pause(2, milliseconds(3), milliseconds(10)).count(), 6);
  EXPECT_EQ(backoff_pause(3, milliseconds(3), milliseconds(10)).count(), 10);
  EXPECT_EQ(backoff_pause(~0ULL, milliseconds(3), milliseconds(10)).count(), 10);
}

TEST(Backoff, DoublesUpToTheMaximum) {
  Backoff backoff(milliseconds(1000), milliseconds(5000));
  constexpr std::uint64_t kNone = 0;  // the shortest draw: half of the range
  for (const int expected : {500, 1000, 2000, 2500, 2500}) EXPECT_EQ(backoff.next(kNone).count(), expected);
  backoff.reset();
  EXPECT_EQ(backoff.next(kNone).count(), 500);
}

TEST(Backoff, DrawsFromTheUpperHalf) {
  for (const std::uint64_t random : {0ULL, 1ULL, 499ULL, 500ULL, 501ULL, ~0ULL}) {
    Backoff backoff(milliseconds(1000), milliseconds(60000));
    const auto pause = backoff.next(random).count();
    EXPECT_GE(pause, 500);
    EXPECT_LE(pause, 1000);
  }
}

TEST(Backoff, ALongestBelowTheFirstIsRaised) {
  Backoff backoff(milliseconds(1000), milliseconds(0));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(backoff.next(0).count(), 500);
}

}  // namespace
}  // namespace fescue
