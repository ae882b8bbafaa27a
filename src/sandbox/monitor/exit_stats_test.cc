// The cause of an end, decided from stats alone. What monitors make of real groups is in cgroup_worker_test.cc.
#include "sandbox/monitor/exit_stats.h"

#include <csignal>

#include <gtest/gtest.h>

namespace fescue {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

WorkerExit killed() {
  return {.cause = ExitCause::killed, .signal = SIGKILL, .peak_memory_kb = 9000, .memory_limit_kb = 16384};
}

CgroupStats at_limit() { return {.peak_memory_kb = 16380}; }

TEST(ExitStats, NumbersOfTheGroupReplaceThoseOfProcesses) {
  WorkerExit exit{.cause = ExitCause::exited, .peak_memory_kb = 5, .cpu = milliseconds(1)};
  add_stats(exit, {.peak_memory_kb = 70, .cpu = milliseconds(80), .processes_refused = 9}, seconds(1));
  EXPECT_EQ(exit.peak_memory_kb, 70u);
  EXPECT_EQ(exit.cpu, milliseconds(80));
  EXPECT_EQ(exit.processes_refused, 9u);
  add_stats(exit, {}, seconds(1));
  EXPECT_EQ(exit.peak_memory_kb, 70u);
  EXPECT_EQ(exit.cpu, milliseconds(80));
}

TEST(ExitStats, AKillThatTheKernelCountedIsOutOfMemory) {
  auto exit = killed();
  add_stats(exit, {.oom_kills = 1}, seconds(1));
  EXPECT_EQ(exit.cause, ExitCause::out_of_memory);
  EXPECT_EQ(exit.oom_kills, 1u);
  exit = killed();
  add_stats(exit, {}, seconds(1));
  EXPECT_EQ(exit.cause, ExitCause::killed);
}

TEST(ExitStats, AWorkerThatOutlivesItsChildsKillEndsByItself) {
  WorkerExit exit{.cause = ExitCause::exited, .exit_code = 1};
  add_stats(exit, {.oom_kills = 1}, seconds(1));
  EXPECT_EQ(exit.cause, ExitCause::exited);
  EXPECT_EQ(exit.oom_kills, 1u);
}

TEST(ExitStats, ABadSystemCallIsSeccomps) {
  WorkerExit exit{.cause = ExitCause::signalled, .signal = SIGSYS};
  add_stats(exit, {}, seconds(1));
  EXPECT_EQ(exit.cause, ExitCause::seccomp);
}

TEST(ExitStats, SpinningAtTheLimitIsPressure) {
  const auto pressure = [](CgroupStats stats, std::chrono::microseconds lifetime) {
    auto exit = killed();
    add_stats(exit, stats, lifetime);
    return exit.memory_pressure;
  };
  auto stats = at_limit();
  stats.stalled = seconds(2);
  EXPECT_EQ(pressure(stats, seconds(3)), MemoryPressure::yes);
  EXPECT_EQ(pressure(stats, seconds(3000)), MemoryPressure::no) << "it met its limit now and then";
  stats.stalled_percent = 60;
  EXPECT_EQ(pressure(stats, seconds(3000)), MemoryPressure::yes) << "it did well for long, and spun in the end";
  stats.peak_memory_kb = 8000;
  EXPECT_EQ(pressure(stats, seconds(3)), MemoryPressure::no) << "the host was short of memory, not the worker";
  stats = at_limit();
  stats.stalled = milliseconds(100);
  EXPECT_EQ(pressure(stats, milliseconds(150)), MemoryPressure::no) << "a start takes what it takes";
}

TEST(ExitStats, ReadingAgainWhatWasDroppedIsPressure) {
  auto exit = killed();
  auto stats = at_limit();
  stats.refaults = 100'000;
  add_stats(exit, stats, seconds(10));
  EXPECT_EQ(exit.memory_pressure, MemoryPressure::yes);
  exit = killed();
  stats.refaults = 900;
  add_stats(exit, stats, seconds(10));
  EXPECT_EQ(exit.memory_pressure, MemoryPressure::no);
}

TEST(ExitStats, OutOfMemoryIsMoreThanPressure) {
  auto exit = killed();
  auto stats = at_limit();
  stats.stalled = seconds(9);
  stats.oom_kills = 1;
  add_stats(exit, stats, seconds(10));
  EXPECT_EQ(exit.cause, ExitCause::out_of_memory);
  EXPECT_EQ(exit.memory_pressure, MemoryPressure::no);
}

}  // namespace
}  // namespace fescue
