// Deadlines that are moved, cleared, passed and destroyed.
#include "sys/loop/moving_deadline.h"

#include <optional>

#include <gtest/gtest.h>

namespace fescue {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct MovingDeadlineTest : testing::Test {
  MovingDeadlineTest() : deadline(std::in_place, io.get_executor(), [this] { ++expired; }) {}

  asio::io_context io{1};
  int expired = 0;
  std::optional<MovingDeadline> deadline;
};

TEST_F(MovingDeadlineTest, PassesOnceForEachTimeItIsSet) {
  deadline->set(steady_now() + milliseconds(1));
  io.run();
  EXPECT_EQ(expired, 1);
  deadline->set(steady_now() + milliseconds(1));
  io.restart();
  io.run();
  EXPECT_EQ(expired, 2);
}

TEST_F(MovingDeadlineTest, DoesNotPassBeforeWhereItWasMovedTo) {
  const auto due = steady_now() + milliseconds(20);
  deadline->set(steady_now());
  deadline->set(due);
  io.run();
  EXPECT_EQ(expired, 1);
  EXPECT_GE(steady_now(), due);
}

TEST_F(MovingDeadlineTest, MayBeMovedEarlier) {
  deadline->set(steady_now() + hours(1));
  deadline->set(steady_now() + milliseconds(1));
  io.run();
  EXPECT_EQ(expired, 1);
}

TEST_F(MovingDeadlineTest, DoesNotPassOnceCleared) {
  deadline->set(steady_now());
  deadline->clear();
  io.run();
  EXPECT_EQ(expired, 0);
}

TEST_F(MovingDeadlineTest, DoesNotPassOnceGone) {
  deadline->set(steady_now());
  deadline.reset();
  io.run();
  EXPECT_EQ(expired, 0);
}

TEST(MovingDeadline, MayEndItsOwner) {
  asio::io_context io(1);
  std::optional<MovingDeadline> deadline;
  deadline.emplace(io.get_executor(), [&] { deadline.reset(); });
  deadline->set(steady_now());
  io.run();
  EXPECT_FALSE(deadline);
}

}  // namespace
}  // namespace fescue
