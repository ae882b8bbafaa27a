// What becomes of the processes that a worker leaves behind, and of everything when the core, the launcher or a monitor
// dies.
#include "sandbox/monitor/worker_monitor.h"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sandbox/launcher/launcher_test_support.h"

namespace fescue {
namespace {

class WorkerMonitorTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(core.failure(), ""); }

  struct Running {
    Fd output;
    pid_t pid = 0;
  };
  Running start(LaunchId id, const std::string& script) {
    auto spec = shell(id, script);
    auto [read, write] = make_pipe();
    spec.outputs[0] = std::move(write);
    EXPECT_TRUE(core.start(spec));
    return {std::move(read), core.next_as<Started>().pid};
  }

  /// The prewarmed monitors. Empty when this kernel does not list children.
  std::vector<pid_t> spares(pid_t besides = 0) {
    core.wait_until_idle();
    const std::string launcher = std::to_string(core.pid());
    std::istringstream children(read_file("/proc/" + launcher + "/task/" + launcher + "/children"));
    std::vector<pid_t> found;
    for (pid_t child; children >> child;) {
      if (child != besides) found.push_back(child);
    }
    return found;
  }

  TestCore core{{.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()}};
};

/// Tells its pid, then stays for good: by a child of the worker, by an orphan, and by an orphan in another session.
const std::string kChild = "sh -c 'echo $$; exec sleep 1000' & ";
const std::string kOrphan = "(sh -c 'echo $$; exec sleep 1000' &) ";
const std::string kOtherSession = "(setsid sh -c 'trap \"\" HUP TERM; echo $$; while :; do sleep 1000; done' &) ";

TEST_F(WorkerMonitorTest, AnExitTakesOrphansOfAnySessionWithIt) {
  for (const auto& left_behind : {kChild, kOrphan, kOtherSession}) {
    const auto worker = start(1, "(" + left_behind + ") | { read pid; echo $pid; }; exit 3");
    const pid_t left = std::stoi(read_line(worker.output));
    const auto exit = core.next_as<WorkerExit>();
    EXPECT_EQ(exit.cause, ExitCause::exited);
    EXPECT_EQ(exit.exit_code, 3);
    EXPECT_TRUE(is_gone(left)) << left_behind;
  }
}

TEST_F(WorkerMonitorTest, AKillTakesOrphansOfAnySessionWithIt) {
  const auto worker = start(1, kOtherSession + "; sleep 1000");
  const pid_t left = std::stoi(read_line(worker.output));
  ASSERT_TRUE(core.ask(KillRequest{1}));
  EXPECT_EQ(core.next_as<WorkerExit>().cause, ExitCause::killed);
  EXPECT_TRUE(is_gone(left));
}

TEST_F(WorkerMonitorTest, AWholeTreeOfSessionsGoes) {
  const auto worker = start(1,
                            "setsid sh -c 'setsid sh -c \"setsid sleep 1000 & echo \\$!; sleep 1000\" & sleep 1000' & "
                            "sleep 1000");
  const pid_t deepest = std::stoi(read_line(worker.output));
  ASSERT_TRUE(core.ask(KillRequest{1}));
  EXPECT_EQ(core.next_as<WorkerExit>().cause, ExitCause::killed);
  EXPECT_TRUE(is_gone(deepest));
}

TEST_F(WorkerMonitorTest, OneWorkersEndLeavesTheOrphansOfAnotherAlone) {
  const auto stays = start(1, kOtherSession + "; sleep 1000");
  const pid_t orphan = std::stoi(read_line(stays.output));
  const auto goes = start(2, "exit 0");
  EXPECT_EQ(core.next_as<WorkerExit>().id, 2u);
  EXPECT_FALSE(is_gone(orphan));
  ASSERT_TRUE(core.ask(KillRequest{1}));
  EXPECT_EQ(core.next_as<WorkerExit>().id, 1u);
  EXPECT_TRUE(is_gone(orphan));
}

TEST_F(WorkerMonitorTest, OrphansAreReapedWhileTheWorkerLives) {
  // A zombie can still be signalled, so the loop ends when the orphan's entry has gone.
  auto spec = shell(1, "orphan=$(sh -c 'sh -c : & echo $!'); while kill -0 $orphan 2>&-; do :; done; echo reaped");
  EXPECT_EQ(core.output_of(std::move(spec)), "reaped\n");
}

TEST_F(WorkerMonitorTest, OrphansCountForTheUsage) {
  const auto worker = start(1,
                            "(setsid /usr/bin/python3 -c 'import signal; memory = bytearray(90 << 20); "
                            "print(1, flush=True); signal.pause()' &); sleep 1000");
  ASSERT_EQ(read_line(worker.output), "1");
  ASSERT_TRUE(core.ask(KillRequest{1}));
  EXPECT_GT(core.next_as<WorkerExit>().peak_memory_kb, 90u * 1024);
}

TEST_F(WorkerMonitorTest, TheCoresEndKillsEverything) {
  const auto worker = start(1, kOtherSession + "; sleep 1000");
  const pid_t orphan = std::stoi(read_line(worker.output));
  EXPECT_TRUE(core.dismiss());
  EXPECT_TRUE(is_gone(worker.pid));
  EXPECT_TRUE(is_gone(orphan));
}

TEST_F(WorkerMonitorTest, TheLaunchersDeathKillsEverything) {
  const auto worker = start(1, kOtherSession + "; sleep 1000");
  const pid_t orphan = std::stoi(read_line(worker.output));
  ASSERT_EQ(::kill(core.pid(), SIGKILL), 0);
  EXPECT_TRUE(ends(worker.pid));
  EXPECT_TRUE(ends(orphan));
  EXPECT_FALSE(core.next());
}

TEST_F(WorkerMonitorTest, AMonitorDeathKillsItsWorkerAndIsReported) {
  const auto worker = start(1, kOtherSession + "; sleep 1000");
  const pid_t orphan = std::stoi(read_line(worker.output));
  const auto other = start(2, "sleep 1000");
  ASSERT_EQ(::kill(parent_of(worker.pid), SIGKILL), 0);
  const auto exit = core.next_as<WorkerExit>();
  EXPECT_EQ(exit.id, 1u);
  EXPECT_EQ(exit.cause, ExitCause::lost);
  EXPECT_TRUE(ends(worker.pid));
  EXPECT_TRUE(ends(orphan));
  EXPECT_FALSE(is_gone(other.pid));
}

TEST_F(WorkerMonitorTest, TheDeathOfTheSpareIsNoMatter) {
  const auto worker = start(1, "sleep 1000");
  const pid_t monitor = parent_of(worker.pid);
  const auto prewarmed = spares(monitor);
  if (prewarmed.empty()) GTEST_SKIP() << "this kernel does not list children";
  for (const pid_t spare : prewarmed) {
    ASSERT_EQ(::kill(spare, SIGKILL), 0);
    ASSERT_TRUE(ends(spare));
  }
  EXPECT_EQ(core.output_of(shell(2, "echo on")), "on\n");
}

TEST_F(WorkerMonitorTest, MonitorsThatSomebodyHasStoppedAreGivenUpAndOthersServedMeanwhile) {
  const auto running = start(1, "exec sleep 1000");
  const auto prewarmed = spares(parent_of(running.pid));
  if (prewarmed.empty()) GTEST_SKIP() << "this kernel does not list children";
  for (const pid_t spare : prewarmed) ASSERT_EQ(::kill(spare, SIGSTOP), 0);
  ASSERT_TRUE(core.start(shell(2, "exec sleep 1000")));
  ASSERT_EQ(::kill(parent_of(running.pid), SIGSTOP), 0);
  ASSERT_TRUE(core.ask(KillRequest{1}));
  EXPECT_EQ(core.output_of(shell(3, "echo on")), "on\n");

  const auto killed = core.next_as<WorkerExit>();
  EXPECT_EQ(killed.id, 1u);
  EXPECT_EQ(killed.cause, ExitCause::lost);
  EXPECT_TRUE(ends(running.pid));
  const auto failed = core.next_as<StartFailed>();
  EXPECT_EQ(failed.id, 2u);
  EXPECT_EQ(failed.error, Error(Code::timeout, "the process did not come to its program within 10 s"));
}

/// Stops the child of a monitor before its program runs, as whoever has its user can from the change of the user on.
pid_t stop_next_child_of(pid_t monitor) {
  if (::waitpid(monitor, nullptr, __WALL) != monitor) return 0;
  unsigned long child = 0;
  if (::ptrace(PTRACE_GETEVENTMSG, monitor, nullptr, &child) != 0) return 0;
  const auto pid = static_cast<pid_t>(child);
  if (::waitpid(pid, nullptr, __WALL) != pid) return 0;
  ::kill(pid, SIGSTOP);
  ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
  ::ptrace(PTRACE_DETACH, monitor, nullptr, nullptr);
  return pid;
}

TEST_F(WorkerMonitorTest, AChildThatIsStoppedBeforeItsProgramWedgesNobody) {
  if (::geteuid() != 0) GTEST_SKIP() << "tracing the launcher's children needs root";
  const auto prewarmed = spares();
  if (prewarmed.empty()) GTEST_SKIP() << "this kernel does not list children";
  const pid_t monitor = prewarmed.front();  // the first that is made is the one for the host
  ASSERT_EQ(::ptrace(PTRACE_SEIZE, monitor, nullptr, PTRACE_O_TRACEVFORK), 0);
  ASSERT_TRUE(core.start(shell(1, "exec sleep 1000")));
  const pid_t child = stop_next_child_of(monitor);
  ASSERT_NE(child, 0);
  EXPECT_EQ(core.output_of(shell(2, "echo on")), "on\n");
  const auto failed = core.next_as<StartFailed>();
  EXPECT_EQ(failed.id, 1u);
  EXPECT_EQ(failed.error.code(), Code::timeout);
  EXPECT_TRUE(ends(monitor));
  EXPECT_TRUE(ends(child));
}

TEST(CoreDeath, EndsAllEvenIfTheLauncherIsStopped) {
  auto [read, write] = make_pipe();
  const pid_t core = ::fork();
  ASSERT_GE(core, 0);
  if (core == 0) {
    TestCore doomed{{.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()}};
    const bool asked = static_cast<bool>(doomed.start(shell(1, "exec sleep 1000")));
    const pid_t worker = asked ? doomed.next_as<Started>().pid : 0;
    ::kill(doomed.pid(), SIGSTOP);
    ::dprintf(write.get(), "%d\n%d\n", doomed.pid(), worker);
    ::_exit(0);
  }
  write.reset();
  const pid_t launcher = std::atoi(read_line(read).c_str()), worker = std::atoi(read_line(read).c_str());
  ASSERT_GT(launcher, 0);
  ASSERT_GT(worker, 0);
  ASSERT_EQ(::waitpid(core, nullptr, 0), core);
  EXPECT_TRUE(ends(worker));
  EXPECT_TRUE(ends(launcher));
}

TEST_F(WorkerMonitorTest, OutputsEndWithTheWorker) {
  const auto worker = start(1, "echo last words");
  EXPECT_EQ(read_to_end(worker.output), "last words\n");  // comes to an end: neither launcher nor monitor holds it
}

}  // namespace
}  // namespace fescue
