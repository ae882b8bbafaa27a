// Tasks that wait, end, throw or outlive, each with its group.
#include "sys/loop/task_group.h"

#include <gtest/gtest.h>

#include "base/result.h"
#include "sys/loop/blocking_pool.h"

namespace fescue {
namespace {

Task<void> wait_for_ever(std::string* trace) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  const auto [error] = co_await timer.async_wait(use_result);
  *trace += error == asio::error::operation_aborted ? "aborted " : "expired ";
}

Task<void> linger(std::string* trace) {
  struct Unwound {
    std::string* trace;
    ~Unwound() { *trace += "unwound "; }
  } unwound{trace};
  for (;;) co_await wait_for_ever(trace);
}

Task<void> append(std::string* trace, std::string text) {
  *trace += text;
  co_return;
}

Task<void> join_then(TaskGroup* group, std::string* trace) {
  co_await group->join();
  *trace += "joined ";
}

TEST(TaskGroup, StopCancelsAWaitingTaskAndJoinSeesTheEnd) {
  asio::io_context io(1);
  TaskGroup group(io);
  std::string trace;
  group.spawn("waiter", wait_for_ever(&trace));
  TaskGroup joiner(io);
  joiner.spawn("joiner", join_then(&group, &trace));
  asio::post(io, [&] { group.stop(); });
  io.run();
  EXPECT_EQ(trace, "aborted joined ");
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, ATaskThatWaitsAgainAfterStopIsUnwound) {
  asio::io_context io(1);
  TaskGroup group(io);
  std::string trace;
  group.spawn("lingerer", linger(&trace));
  asio::post(io, [&] { group.stop(); });
  io.run();
  EXPECT_EQ(trace, "aborted unwound ");
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, AStoppedGroupTakesNoMore) {
  asio::io_context io(1);
  TaskGroup group(io);
  std::string trace;
  group.stop();
  group.spawn("late", append(&trace, "ran"));
  io.run();
  EXPECT_EQ(trace, "");
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, JoinOfAnEmptyGroupDoesNotWait) {
  asio::io_context io(1);
  TaskGroup group(io), joiner(io);
  std::string trace;
  joiner.spawn("joiner", join_then(&group, &trace));
  io.run();
  EXPECT_EQ(trace, "joined ");
}

TEST(TaskGroup, AGroupMayGoBeforeItsTasks) {
  asio::io_context io(1);
  std::string trace;
  {
    TaskGroup group(io);
    group.spawn("waiter", wait_for_ever(&trace));
    group.spawn("lingerer", linger(&trace));
  }
  io.run();
  EXPECT_EQ(trace, "aborted aborted unwound ");
}

TEST(TaskGroup, TheLoopMayGoBeforeTheTasksEnd) {
  std::string trace;
  {
    asio::io_context io(1);
    TaskGroup group(io);
    group.spawn("lingerer", linger(&trace));
    io.poll();
  }
  EXPECT_EQ(trace, "unwound ");
}

TEST(TaskGroup, ATaskMayStopItsOwnGroup) {
  asio::io_context io(1);
  TaskGroup group(io);
  std::string trace;
  group.spawn("waiter", wait_for_ever(&trace));
  group.spawn("stopper", [](TaskGroup* own) -> Task<void> {
    own->stop();
    co_return;
  }(&group));
  io.run();
  EXPECT_EQ(trace, "aborted ");
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, ATaskThatNeverWaitsMayBeStoppedBeforeTheLoopRuns) {
  asio::io_context io(1);
  TaskGroup group(io);
  std::string trace;
  group.spawn("brief", append(&trace, "ran "));
  group.stop();
  io.run();
  EXPECT_EQ(trace, "ran ");
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroupDeathTest, AnEscapedExceptionAbortsAndNamesTheTask) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    asio::io_context io(1);
    TaskGroup group(io);
    group.spawn("careless", []() -> Task<void> {
      throw std::runtime_error("broken promise");
      co_return;
    }());
    io.run();
  };
  EXPECT_DEATH(run(), "careless.*broken promise");
}

// --- BlockingPool ---------------------------------------------------------------------------------------------------

struct NoDefault {
  explicit NoDefault(int n) : number(n) {}
  int number;
};

Task<void> use_pool(BlockingPool* pool, std::thread::id* worked_on, std::thread::id* resumed_on, int* number) {
  co_await pool->run([worked_on] { *worked_on = std::this_thread::get_id(); });
  *resumed_on = std::this_thread::get_id();
  const Result<NoDefault> made = co_await pool->run([]() -> Result<NoDefault> { return NoDefault(7); });
  *number = made->number;
}

TEST(BlockingPool, WorksElsewhereAndResumesHere) {
  asio::io_context io(1);
  BlockingPool pool;
  TaskGroup group(io);
  std::thread::id worked_on, resumed_on;
  int number = 0;
  group.spawn("user", use_pool(&pool, &worked_on, &resumed_on, &number));
  io.run();
  EXPECT_TRUE(worked_on != std::this_thread::get_id());
  EXPECT_TRUE(resumed_on == std::this_thread::get_id());
  EXPECT_EQ(number, 7);
}

TEST(BlockingPool, TheGroupMayStopWhileWorkRuns) {
  asio::io_context io(1);
  BlockingPool pool;
  TaskGroup group(io);
  std::thread::id worked_on, resumed_on;
  int number = 0;
  group.spawn("user", use_pool(&pool, &worked_on, &resumed_on, &number));
  asio::post(io, [&] { group.stop(); });
  io.run();
  EXPECT_EQ(number, 0);
  EXPECT_EQ(group.size(), 0u);
}

TEST(BlockingPoolDeathTest, AnExceptionInTheWorkAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    asio::io_context io(1);
    BlockingPool pool;
    TaskGroup group(io);
    group.spawn("pool user", [](BlockingPool* p) -> Task<void> {
      co_await p->run([] { throw std::runtime_error("work failed"); });
    }(&pool));
    io.run();
  };
  EXPECT_DEATH(run(), "work failed");
}

}  // namespace
}  // namespace fescue
