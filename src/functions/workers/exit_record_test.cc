// The cause, the sentence and the advice for each way to end.
#include "functions/workers/exit_record.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using lifecycle::KillReason;
using ::testing::HasSubstr;

class ExitRecordTest : public ::testing::Test {
 protected:
  ExitRecordTest() {
    function_.runtime = "nodejs12.x";
    death_.exit.cause = ExitCause::exited;
  }
  EndCause cause() {
    judge(death_, history_, function_);
    return death_.cause;
  }

  FunctionConfig function_;
  WorkerHistory history_;
  ExitRecord death_;
};

TEST_F(ExitRecordTest, EndsByItself) {
  EXPECT_EQ(cause(), EndCause::ended);
  EXPECT_FALSE(was_planned(death_));
  death_.exit.exit_code = 3;
  EXPECT_EQ(cause(), EndCause::failed);
  EXPECT_EQ(sentence(death_), "exit status 3");
  death_.exit = {.cause = ExitCause::signalled, .signal = SIGSEGV};
  EXPECT_EQ(cause(), EndCause::signalled);
  EXPECT_THAT(sentence(death_), HasSubstr("signal: segmentation fault (SIGSEGV)"));
}

TEST_F(ExitRecordTest, EndsByOurDecision) {
  history_.told_to_stop = true;
  EXPECT_EQ(cause(), EndCause::stopped);
  EXPECT_TRUE(was_planned(death_));
  death_.exit = {.cause = ExitCause::killed, .signal = SIGKILL};
  history_.killed = KillReason::ignored_terminate;
  EXPECT_EQ(cause(), EndCause::stopped);
  EXPECT_THAT(death_.text, HasSubstr("it ignored SIGTERM"));
}

TEST_F(ExitRecordTest, TimeoutsSayHowToGetMoreTime) {
  death_.exit = {.cause = ExitCause::killed, .signal = SIGKILL};
  history_.killed = KillReason::timed_out;
  EXPECT_EQ(cause(), EndCause::timed_out);
  EXPECT_EQ(sentence(death_),
            "an invocation timed out after 3 seconds (signal: killed); Timeout is 3 seconds: raise it if the handler "
            "needs longer");
}

TEST_F(ExitRecordTest, StartsThatFailSayWhatTheySaid) {
  history_.init_failure = "ImportError";
  history_.told_to_stop = true;
  EXPECT_EQ(cause(), EndCause::init_failed);
  EXPECT_THAT(death_.text, HasSubstr("it failed to initialize: ImportError"));
  history_ = {.killed = KillReason::not_initialized, .init_failure = {}};
  EXPECT_EQ(cause(), EndCause::init_failed);
}

TEST_F(ExitRecordTest, OutOfMemoryBelowWhatTheInterpreterNeeds) {
  death_.exit = {.cause = ExitCause::out_of_memory,
                 .signal = SIGKILL,
                 .peak_memory_kb = 16384,
                 .memory_limit_kb = 16384,
                 .oom_kills = 1};
  EXPECT_EQ(cause(), EndCause::out_of_memory);
  EXPECT_EQ(death_.suggestion,
            "no MemorySize is set, so it got V1's 16384 KB, and nodejs12.x alone takes about 49152 KB: set at least "
            "49152");
  function_.memory_kb = 65536;
  death_.exit.memory_limit_kb = 65536;
  EXPECT_EQ(cause(), EndCause::out_of_memory);
  EXPECT_EQ(death_.suggestion, "MemorySize is 65536 KB: try 131072");
}

TEST_F(ExitRecordTest, SpinningAtTheLimitIsSeenBehindATimeout) {
  death_.exit = {
      .cause = ExitCause::killed, .signal = SIGKILL, .memory_limit_kb = 16384, .memory_pressure = MemoryPressure::yes};
  history_.killed = KillReason::not_initialized;
  EXPECT_EQ(cause(), EndCause::memory_pressure);
  EXPECT_THAT(death_.suggestion, HasSubstr("set at least 49152"));
}

TEST_F(ExitRecordTest, RefusalsOfTheSandboxAreNamed) {
  death_.exit = {.cause = ExitCause::seccomp, .signal = SIGSYS, .refused_call = 165};
  EXPECT_EQ(cause(), EndCause::seccomp);
  EXPECT_THAT(death_.text, HasSubstr("forbidden system call mount"));
  EXPECT_THAT(death_.suggestion, HasSubstr("NoContainer"));
  death_.exit = {.cause = ExitCause::exited, .exit_code = 1, .refused_call = 165};
  EXPECT_EQ(cause(), EndCause::failed);
  EXPECT_EQ(death_.text, "exit status 1 (it was refused the system call mount)");
  EXPECT_THAT(death_.suggestion, HasSubstr("NoContainer"));
  death_.exit = {.cause = ExitCause::exited, .exit_code = 1, .processes_refused = 4};
  EXPECT_EQ(cause(), EndCause::processes_limit);
  death_.exit = {.cause = ExitCause::lost};
  EXPECT_EQ(cause(), EndCause::lost);
}

TEST(DeathCauses, HaveNamesOfTheirOwn) {
  EXPECT_EQ(name_of(EndCause::stopped), "stopped");
  EXPECT_EQ(name_of(EndCause::memory_pressure), "memory_pressure");
  EXPECT_EQ(name_of(EndCause::lost), "lost");
}

}  // namespace
}  // namespace fescue
