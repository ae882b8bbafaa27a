// Workers in their cgroups: how limits end them, what the record of their end says, and what is left behind.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "sandbox/launcher/launcher_test_support.h"

namespace fescue {
namespace {

namespace fs = std::filesystem;

/// A worker that takes `megabytes` of memory, if it can.
std::string memory_bomb(int megabytes) {
  return "exec /usr/bin/python3 -c \"b'x' * (" + std::to_string(megabytes) + " << 20)\"";
}

/// Looks until it is so, or for kTestTimeout: cgroups do not tell when they go.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = steady_now() + std::chrono::milliseconds(kTestTimeout);
  while (!condition()) {
    if (steady_now() > deadline) return false;
    ::poll(nullptr, 0, 10);
  }
  return true;
}

std::ptrdiff_t groups_in(const fs::path& place) {
  std::ptrdiff_t found = 0;
  for (const auto& entry : fs::directory_iterator(place)) found += entry.is_directory() ? 1 : 0;
  return found;
}

class CgroupWorkerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "making cgroups needs root";
  }
  void TearDown() override {
    if (core) stop_launcher();
  }

  void start_launcher(std::set<std::string> without = {}) {
    LauncherPolicy policy{.core_uid = 54300, .core_gid = 54301};
    policy.cgroups.without = std::move(without);
    core.emplace(policy);
    ASSERT_EQ(core->failure(), "");
  }
  void stop_launcher() {
    const std::string place = core->facilities().cgroups.place;
    EXPECT_TRUE(core->dismiss());
    EXPECT_FALSE(!place.empty() && fs::exists(place)) << place;
    core.reset();
  }
  /// Returns where its groups are.
  std::string kill_launcher() {
    const std::string place = core->facilities().cgroups.place;
    ::kill(core->pid(), SIGKILL);
    static_cast<void>(core->dismiss());
    core.reset();
    return place;
  }
  /// If not, the test is skipped.
  bool has(CgroupUse use) {
    const CgroupFacilities& facilities = core->facilities().cgroups;
    if (!facilities.has(use)) [&] { GTEST_SKIP() << facilities.why_missing(use); }();
    return facilities.has(use);
  }

  static WorkerSpec limited(const std::string& script, WorkerLimits limits) {
    auto spec = shell(1, script);
    limits.required = LimitsRequired::yes;
    spec.limits = limits;
    return spec;
  }
  WorkerExit run(WorkerSpec spec) {
    EXPECT_TRUE(core->start(spec));
    const auto started = core->next();
    if (const auto* failed = started ? std::get_if<StartFailed>(&*started) : nullptr) refusal = failed->error.message();
    return refusal.empty() ? core->next_as<WorkerExit>() : WorkerExit{};
  }
  /// Starts a worker that stays; its pid.
  pid_t begin(const std::string& script) {
    auto spec = shell(1, script);
    auto pipe = make_pipe();
    output = std::move(pipe.read);
    spec.outputs[0] = std::move(pipe.write);
    EXPECT_TRUE(core->start(spec));
    return core->next_as<Started>().pid;
  }

  std::optional<TestCore> core;
  std::string refusal;
  Fd output;
};

TEST_F(CgroupWorkerTest, AWorkerIsBornInItsGroupAndItsMonitorIsOutside) {
  start_launcher();
  if (!has(CgroupUse::memory)) return;
  auto spec = limited("echo $PPID; cat /proc/$$/cgroup; read wait", {.memory_kb = 65536});
  Fd read = core->start_reading(std::move(spec));
  ASSERT_TRUE(read);
  const pid_t worker = core->next_as<Started>().pid;
  const auto monitor = std::stoi(read_line(read));
  EXPECT_NE(read_to_end(read).find("/fescue-" + std::to_string(core->pid()) + "/"), std::string::npos);
  const auto exit = core->next_as<WorkerExit>();
  EXPECT_EQ(exit.memory_limit_kb, 65536u);
  EXPECT_GT(exit.peak_memory_kb, 0u);
  EXPECT_LT(exit.peak_memory_kb, 65536u);
  EXPECT_NE(monitor, worker);
}

TEST_F(CgroupWorkerTest, OutOfMemoryIsConfirmedAndToldAsTheCause) {
  start_launcher();
  if (!has(CgroupUse::memory)) return;
  const auto exit = run(limited(memory_bomb(64), {.memory_kb = 16384}));
  EXPECT_EQ(refusal, "");
  EXPECT_EQ(exit.cause, ExitCause::out_of_memory) << describe(exit);
  EXPECT_GE(exit.oom_kills, 1u);  // v2 counts the first of a group twice
  EXPECT_EQ(describe(exit), "signal: killed (out of memory: the limit is 16384 KB)");
}

TEST_F(CgroupWorkerTest, OneProcessOutOfMemoryEndsThemAll) {
  start_launcher();
  if (!has(CgroupUse::memory)) return;
  const auto exit = run(limited("(" + memory_bomb(64) + ") & while :; do sleep 1000; done", {.memory_kb = 16384}));
  EXPECT_EQ(exit.cause, ExitCause::out_of_memory) << describe(exit);
  EXPECT_GE(exit.oom_kills, 1u);
}

TEST_F(CgroupWorkerTest, AForkBombIsHeldByTheLimit) {
  start_launcher();
  if (!has(CgroupUse::processes)) return;
  auto spec = limited(
      "exec /usr/bin/python3 -c '\n"
      "import os\n"
      "while True:\n"
      "  try: os.fork()\n"
      "  except OSError: os.write(1, b\"held\\n\")'",
      {.memory_kb = 262'144, .processes = 20});
  Fd read = core->start_reading(std::move(spec));
  ASSERT_TRUE(read);
  EXPECT_GT(core->next_as<Started>().pid, 0);
  EXPECT_EQ(read_line(read), "held");
  EXPECT_TRUE(core->ask(KillRequest{1}));
  const auto exit = core->next_as<WorkerExit>();
  EXPECT_EQ(exit.cause, ExitCause::killed);
  EXPECT_GT(exit.processes_refused, 0u);
  read_to_end(read);  // every one of them is dead
}

TEST_F(CgroupWorkerTest, RefusedForksAreCounted) {
  start_launcher();
  if (!has(CgroupUse::processes)) return;
  const auto exit = run(limited("sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & exit 5", {.processes = 3}));
  EXPECT_EQ(exit.cause, ExitCause::exited);
  EXPECT_NE(exit.exit_code, 0);
  EXPECT_GT(exit.processes_refused, 0u);
  EXPECT_EQ(describe(exit).find("exit status " + std::to_string(exit.exit_code) + " (its limit of processes refused "),
            0u);
}

TEST_F(CgroupWorkerTest, SpinningAtTheLimitIsTold) {
  start_launcher();
  if (!has(CgroupUse::memory)) return;
  // Needs pages that do not fit, over and over: each is dropped before its turn comes again.
  auto spec = limited(
      "exec /usr/bin/python3 -c '\n"
      "import mmap, os, tempfile, time\n"
      "file = tempfile.TemporaryFile()\n"
      "for i in range(40): file.write(os.urandom(1 << 20))\n"
      "file.flush()\n"
      "os.fsync(file.fileno())\n"
      "pages = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)\n"
      "end = time.monotonic() + 2\n"
      "while True:\n"
      "  for at in range(0, len(pages), 4096):\n"
      "    pages[at * 7919 % len(pages)]\n"
      "    if time.monotonic() > end: os.write(1, b\"enough\\n\")\n'",
      {.memory_kb = 16384});
  auto [read, write] = make_pipe();
  spec.outputs[0] = std::move(write);
  ASSERT_TRUE(core->start(spec));
  EXPECT_GT(core->next_as<Started>().pid, 0);
  pollfd enough{read.get(), POLLIN, 0};
  ::poll(&enough, 1, 3000);  // V1's time for an invocation; where files are in memory it does not even get so far
  EXPECT_TRUE(core->ask(KillRequest{1}));
  const auto exit = core->next_as<WorkerExit>();
  EXPECT_EQ(exit.cause, ExitCause::killed);
  EXPECT_EQ(exit.memory_pressure, MemoryPressure::yes)
      << "peak " << exit.peak_memory_kb << " KB, stalled for " << exit.memory_stalled.count() << " us";
  EXPECT_EQ(describe(exit), "signal: killed (memory pressure: it spun at its limit of 16384 KB)");
}

TEST_F(CgroupWorkerTest, WithoutAMemoryControllerRequiredLimitsAreRefused) {
  start_launcher({"memory"});
  EXPECT_FALSE(core->facilities().cgroups.has(CgroupUse::memory));
  auto spec = limited("exit 3", {.memory_kb = 16384});
  run(std::move(spec));
  EXPECT_EQ(refusal,
            "this host cannot enforce a memory limit: " + core->facilities().cgroups.why_missing(CgroupUse::memory));
  refusal.clear();
  spec = limited("exit 3", {.memory_kb = 16384});
  spec.limits.required = LimitsRequired::no;
  const auto exit = run(std::move(spec));
  EXPECT_EQ(exit.exit_code, 3) << refusal;
  EXPECT_EQ(exit.memory_limit_kb, 0u);
}

TEST_F(CgroupWorkerTest, WithoutCgroupsWorkersRunAsTheyAre) {
  start_launcher({"v1", "v2"});
  EXPECT_EQ(core->facilities().cgroups.layout, CgroupLayout::none);
  EXPECT_EQ(core->facilities().cgroups.place, "");
  const char* const busy = "python3 -c 'import os; list(iter(lambda: sum(os.times()[:2]) > 0.05, True))'";
  const auto exit = run(shell(1, std::string("(setsid sleep 1000 &) ; ") + busy + "; exit 3"));
  EXPECT_EQ(exit.exit_code, 3) << refusal;
  EXPECT_GT(exit.peak_memory_kb, 0u);
  EXPECT_GT(exit.cpu.count(), 0);
}

TEST_F(CgroupWorkerTest, AStarvedWorkerIsNotStarted) {
  start_launcher();
  if (!has(CgroupUse::memory)) return;
  run(limited("exit 0", {.memory_kb = 1}));
  EXPECT_NE(refusal, "");
}

/// Sessions that fork while they are killed.
const std::string kHydra =
    "for i in 1 2 3 4 5; do setsid sh -c 'while :; do (sleep 0.001 &); done' & done; echo begun; sleep 1000";

TEST_F(CgroupWorkerTest, AKillReachesForkingSessionsWhateverTheHostHas) {
  using Parts = std::set<std::string>;
  for (const auto& without : {Parts{}, Parts{"kill"}, Parts{"v2"}, Parts{"v2", "freezer"}}) {
    start_launcher(without);
    auto spec = shell(1, kHydra);
    Fd read = core->start_reading(std::move(spec));
    ASSERT_TRUE(read);
    EXPECT_EQ(read_line(read), "begun");
    EXPECT_TRUE(core->ask(KillRequest{1}));
    EXPECT_GT(core->next_as<Started>().pid, 0);
    EXPECT_EQ(core->next_as<WorkerExit>().cause, ExitCause::killed);
    read_to_end(read);
    stop_launcher();
  }
}

TEST_F(CgroupWorkerTest, GroupsOfAKilledMonitorAreRemoved) {
  start_launcher();
  const pid_t monitor = parent_of(begin("sleep 1000"));
  ::kill(monitor, SIGKILL);
  EXPECT_EQ(core->next_as<WorkerExit>().cause, ExitCause::lost);
}

TEST_F(CgroupWorkerTest, MonitorRemoveTheGroupsOfAKilledLauncher) {
  start_launcher();
  begin("setsid sleep 1000 & sleep 1000");
  const std::string place = kill_launcher();
  EXPECT_TRUE(comes_true([&] { return !fs::exists(place); }));
}

TEST_F(CgroupWorkerTest, TheNextLauncherRemovesWhatIsLeftOfAllOfThem) {
  start_launcher();
  const pid_t worker = begin("setsid sh -c 'echo $$; exec sleep 1000' & sleep 1000");
  const pid_t left = std::stoi(read_line(output));
  const pid_t monitor = parent_of(worker);
  ::kill(core->pid(), SIGSTOP);
  ::kill(monitor, SIGKILL);
  const std::string place = kill_launcher();
  EXPECT_TRUE(ends(monitor));
  EXPECT_TRUE(comes_true([&] { return groups_in(place) == 1; })) << "its spare monitors remove theirs";
  start_launcher();
  EXPECT_FALSE(fs::exists(place));
  EXPECT_TRUE(ends(left));
}

}  // namespace
}  // namespace fescue
