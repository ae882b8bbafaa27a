// Real processes: what a worker sees, how it ends, what is refused. What becomes of orphans and of a dead core or
// launcher is in worker_monitor_test.cc.
#include "sandbox/launcher/launcher.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <regex>

#include <gtest/gtest.h>

#include "sandbox/launcher/launcher_test_support.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

const LauncherPolicy kPolicy{.core_uid = 54300, .core_gid = 54301};

class LauncherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "becoming another user needs root";
    ASSERT_EQ(core.failure(), "");
  }
  std::string refusal_of(const WorkerSpec& spec) {
    EXPECT_TRUE(core.start(spec));
    return core.next_as<StartFailed>().error.message();
  }

  TestCore core{kPolicy};
};

std::string field(const std::string& status, const std::string& name) {
  std::smatch match;
  return std::regex_search(status, match, std::regex("(^|\n)" + name + ":[ \\t]*([^\n]*)")) ? match[2].str() : "absent";
}

TEST_F(LauncherTest, WorkerIsTheUserOfTheSpec) {
  const auto status = core.output_of(shell(1, "cat /proc/$$/status"));
  EXPECT_EQ(field(status, "Uid"), "54321\t54321\t54321\t54321");
  EXPECT_EQ(field(status, "Gid"), "54322\t54322\t54322\t54322");
  EXPECT_EQ(core.exit().cause, ExitCause::exited);
}

TEST_F(LauncherTest, WorkerHasNoGroupsButItsOwn) {
  EXPECT_EQ(field(core.output_of(shell(1, "cat /proc/$$/status")), "Groups"), "");
}

TEST_F(LauncherTest, WorkerHasNoPrivilegesAndNoSignalsHeldBack) {
  auto spec = shell(1, "");
  spec.program = "/usr/bin/cat";  // a shell blocks signals itself now and then
  spec.arguments = {"cat", "/proc/self/status"};
  const auto status = core.output_of(std::move(spec));
  EXPECT_EQ(field(status, "NoNewPrivs"), "1");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb", "SigBlk", "SigIgn"}) {
    EXPECT_EQ(field(status, set), "0000000000000000") << set;
  }
}

TEST_F(LauncherTest, WorkerHasTheEnvironmentAndArgumentsAsGiven) {
  auto spec = shell(1, "");
  spec.program = "/usr/bin/env";
  spec.arguments = {"env"};
  spec.environment = {"B=2", "A=with = and space", "EMPTY=", "B=again"};
  EXPECT_EQ(core.output_of(std::move(spec)), "B=2\nA=with = and space\nEMPTY=\nB=again\n");

  spec = shell(2, "");
  spec.arguments = {"another name", "-c", "printf '%s|' \"$0\" \"$@\"", "zero", "", "a b"};
  EXPECT_EQ(core.output_of(std::move(spec)), "zero||a b|");
}

TEST_F(LauncherTest, WorkerBeginsInItsDirectory) {
  auto spec = shell(1, "pwd -P; umask; ulimit -c; ulimit -Sn");
  spec.working_directory = open_directory("/usr/share");
  EXPECT_EQ(core.output_of(std::move(spec)), "/usr/share\n0022\n0\n1024\n");
}

TEST_F(LauncherTest, WorkerLeadsItsSession) {
  std::istringstream out(core.output_of(shell(1, "echo $$; cut -d' ' -f5,6,7 /proc/$$/stat")));
  int pid, group, session, terminal;
  out >> pid >> group >> session >> terminal;
  EXPECT_EQ(group, pid);
  EXPECT_EQ(session, pid);
  EXPECT_EQ(terminal, 0);
}

TEST_F(LauncherTest, WorkerHasDescriptorsZeroToSixAlone) {
  EXPECT_EQ(core.output_of(shell(1, "ls /proc/$$/fd; readlink /proc/$$/fd/0")), "0\n1\n2\n3\n4\n5\n6\n/dev/null\n");
}

TEST_F(LauncherTest, AConnectionComesToItsPlace) {
  for (const auto place : {ConnectionPlace::own, ConnectionPlace::own_and_input}) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const Fd ours(ends[0]);
    auto spec = shell(1, "ls /proc/$$/fd; echo here >&7; readlink /proc/$$/fd/0 >&7");
    spec.connection_place = place;
    spec.connection = Fd(ends[1]);
    EXPECT_EQ(core.output_of(std::move(spec)), "0\n1\n2\n3\n4\n5\n6\n7\n");
    const bool is_input = place == ConnectionPlace::own_and_input;
    EXPECT_TRUE(read_to_end(ours).starts_with(is_input ? "here\nsocket:" : "here\n/dev/null\n"));
  }
}

TEST_F(LauncherTest, OutputsAreTheLevelsInOrder) {
  auto spec = shell(1, "for fd in 1 2 3 4 5 6; do eval \"echo level $fd >&$fd\"; done");
  std::array<Fd, kOutputs> read;
  for (std::size_t i = 0; i < kOutputs; ++i) {
    auto pipe = make_pipe();
    read[i] = std::move(pipe.read);
    spec.outputs[i] = std::move(pipe.write);
  }
  ASSERT_TRUE(core.start(spec));
  spec = {};
  for (std::size_t i = 0; i < kOutputs; ++i) {
    EXPECT_EQ(read_to_end(read[i]), "level " + std::to_string(i + 1) + "\n");
  }
}

TEST_F(LauncherTest, PipesCanBeOpenedByName) {
  EXPECT_EQ(core.output_of(shell(1, "echo by name > /dev/stdout")), "by name\n");
}

TEST_F(LauncherTest, FilesGivenAsOutputsKeepTheirOwner) {
  const Fd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  auto spec = shell(1, "echo written");
  spec.outputs[0] = Fd(::dup(file.get()));
  ASSERT_TRUE(core.start(spec));
  EXPECT_EQ(core.next_as<Started>().id, 1u);
  EXPECT_EQ(core.next_as<WorkerExit>().id, 1u);
  struct stat status;
  ASSERT_EQ(::fstat(file.get(), &status), 0);
  EXPECT_EQ(status.st_uid, 0u);
  EXPECT_EQ(status.st_size, 8);
}

TEST_F(LauncherTest, PidIsTheWorkersOwn) {
  auto spec = shell(1, "echo $$");
  Fd read = core.start_reading(std::move(spec));
  ASSERT_TRUE(read);
  EXPECT_EQ(std::to_string(core.next_as<Started>().pid) + "\n", read_to_end(read));
}

TEST_F(LauncherTest, ExitsAreReportedWithTheirCause) {
  core.output_of(shell(1, "exit 7"));
  EXPECT_EQ(core.exit().cause, ExitCause::exited);
  EXPECT_EQ(core.exit().exit_code, 7);
  EXPECT_EQ(core.exit().signal, 0);
  core.output_of(shell(2, "kill -SEGV $$"));
  EXPECT_EQ(core.exit().id, 2u);
  EXPECT_EQ(core.exit().cause, ExitCause::signalled);
  EXPECT_EQ(core.exit().signal, SIGSEGV);
  core.output_of(shell(3, "kill -KILL $$"));
  EXPECT_EQ(core.exit().cause, ExitCause::signalled);
}

TEST_F(LauncherTest, SignalGoesToTheWholeGroup) {
  auto spec = shell(1,
                    "trap 'echo parent' TERM; sh -c 'trap \"echo child; exit\" TERM; echo up; while :; do sleep 9 & "
                    "wait; done' & while ! wait; do :; done");
  Fd read = core.start_reading(std::move(spec));
  ASSERT_TRUE(read);
  ASSERT_EQ(core.next_as<Started>().id, 1u);
  ASSERT_EQ(read_line(read), "up");
  ASSERT_TRUE(core.ask(SignalRequest{1, SIGTERM}));
  const auto said = read_to_end(read);
  EXPECT_NE(said.find("child\n"), std::string::npos);
  EXPECT_NE(said.find("parent\n"), std::string::npos);
  EXPECT_EQ(core.next_as<WorkerExit>().cause, ExitCause::exited);
}

TEST_F(LauncherTest, KillEndsWhatDoesNotListen) {
  auto spec = shell(1, "trap '' TERM; echo up; while :; do sleep 9; done");
  Fd read = core.start_reading(std::move(spec));
  ASSERT_TRUE(read);
  ASSERT_EQ(core.next_as<Started>().id, 1u);
  ASSERT_EQ(read_line(read), "up");
  ASSERT_TRUE(core.ask(KillRequest{1}));
  const auto exit = core.next_as<WorkerExit>();
  EXPECT_EQ(exit.cause, ExitCause::killed);
  EXPECT_EQ(describe(exit), "signal: killed");
}

TEST_F(LauncherTest, StopAllKillsEveryWorker) {
  for (LaunchId id = 1; id <= 3; ++id) {
    ASSERT_TRUE(core.start(shell(id, "sleep 1000")));
    ASSERT_EQ(core.next_as<Started>().id, id);
  }
  ASSERT_TRUE(core.ask(StopAllRequest{}));
  std::set<LaunchId> ended;
  for (int i = 0; i < 3; ++i) {
    const auto exit = core.next_as<WorkerExit>();
    EXPECT_EQ(exit.cause, ExitCause::killed);
    ended.insert(exit.id);
  }
  EXPECT_EQ(ended, (std::set<LaunchId>{1, 2, 3}));
}

TEST_F(LauncherTest, RequestsForNobodyMeanNothing) {
  ASSERT_TRUE(core.ask(KillRequest{99}));
  ASSERT_TRUE(core.ask(SignalRequest{99, SIGTERM}));
  EXPECT_EQ(core.output_of(shell(1, "echo on")), "on\n");
}

TEST_F(LauncherTest, UsageIsMeasured) {
  core.output_of(shell(1, "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"));
  EXPECT_GT(core.exit().cpu.count(), 0);
  auto spec = shell(2, "");
  spec.program = "/usr/bin/python3";
  spec.arguments = {"python3", "-c", "memory = bytearray(100 * 1024 * 1024)"};
  core.output_of(std::move(spec));
  EXPECT_GT(core.exit().peak_memory_kb, 100u * 1024);
  EXPECT_LT(core.exit().peak_memory_kb, 400u * 1024);
}

TEST_F(LauncherTest, FailedStartsNameTheStep) {
  auto spec = shell(1, "");
  spec.program = "/usr/bin/python2.7-is-not-here";
  EXPECT_EQ(refusal_of(spec), "run /usr/bin/python2.7-is-not-here: No such file or directory");

  const TempDirectory own;
  const std::filesystem::path directory = own.path();
  ::chmod(directory.c_str(), 0755);
  const std::string program = directory / "program";
  std::ofstream(program) << "#!/no/such/interpreter\n";
  ::chmod(program.c_str(), 0755);
  spec.program = program;
  EXPECT_EQ(refusal_of(spec),
            "run " + program + ": No such file or directory (the file is there, its interpreter is not)");

  ::chmod(program.c_str(), 0700);  // root's: the rights of the run-as user decide
  EXPECT_EQ(refusal_of(spec), "run " + program + ": Permission denied");

  ::chmod(directory.c_str(), 0700);
  spec = shell(1, "");
  spec.working_directory = open_directory(directory);
  EXPECT_EQ(refusal_of(spec), "enter the working directory: Permission denied");
}

TEST_F(LauncherTest, ForbiddenUsersAreRefused) {
  const auto refuse = [this](auto change) {
    auto spec = shell(1, "echo");
    change(spec);
    ASSERT_TRUE(core.start(spec));
    EXPECT_EQ(core.next_as<StartFailed>().error.code(), Code::permission_denied);
  };
  refuse([](WorkerSpec& spec) { spec.uid = 0; });
  refuse([](WorkerSpec& spec) { spec.gid = 0; });
  refuse([](WorkerSpec& spec) { spec.groups = {0}; });
  refuse([](WorkerSpec& spec) { spec.groups = {54400}; });  // outside a container nothing gives a group
  refuse([](WorkerSpec& spec) { spec.uid = kPolicy.core_uid; });
  refuse([](WorkerSpec& spec) { spec.gid = kPolicy.core_gid; });
  EXPECT_EQ(core.output_of(shell(1, "echo the rest is served")), "the rest is served\n");
}

TEST_F(LauncherTest, RootFunctionsRunWhereTheyAreAllowed) {
  TestCore open({.core_uid = 54300, .core_gid = 54301, .root_functions = RootFunctions::yes});
  auto spec = shell(1, "id -u; id -g");
  spec.uid = 0;
  spec.gid = 0;
  EXPECT_EQ(open.output_of(std::move(spec)), "0\n0\n");
}

TEST_F(LauncherTest, AnIdIsUsedByOneWorkerAtATime) {
  ASSERT_TRUE(core.start(shell(1, "sleep 1000")));
  ASSERT_EQ(core.next_as<Started>().id, 1u);
  EXPECT_EQ(refusal_of(shell(1, "")), "launch id 1 is in use");
  ASSERT_TRUE(core.ask(KillRequest{1}));
  ASSERT_EQ(core.next_as<WorkerExit>().id, 1u);
  EXPECT_EQ(core.output_of(shell(1, "echo free")), "free\n");
}

TEST_F(LauncherTest, LongSpecsPass) {
  auto spec = shell(1, "echo ${#LONG}");
  spec.environment.push_back("LONG=" + std::string(90'000, 'x'));
  EXPECT_EQ(core.output_of(std::move(spec)), "90000\n");
}

TEST_F(LauncherTest, StartsWithoutTheirDescriptorsAreRefused) {
  const auto spec = shell(1, "");
  ASSERT_TRUE(send_message(core.socket(), encode(spec)));
  EXPECT_EQ(core.next_as<StartFailed>().error.message(), "start needs 7 descriptors, got 0");
}

TEST_F(LauncherTest, DescriptorsWithOtherRequestsAreRefused) {
  const auto spec = shell(1, "");
  ASSERT_TRUE(send_message(core.socket(), encode(KillRequest{1}), descriptors_of(spec)));
  EXPECT_EQ(core.next_as<Rejected>().reason, "only a start brings descriptors");
}

TEST_F(LauncherTest, GarbageIsRejectedAndCounted) {
  std::mt19937 random(1);
  const std::string good = encode(shell(1, "true"));
  const auto spec = shell(1, "");
  std::uint64_t rejected = 0;
  const auto expect_rejection = [&](std::string_view message, std::span<const int> descriptors) {
    ASSERT_TRUE(send_message(core.socket(), message, descriptors));
    ASSERT_EQ(core.next_as<Rejected>().total, ++rejected);
  };
  expect_rejection("", {});
  expect_rejection(std::string(kMaxMessage + 1, 'x'), {});
  for (int round = 0; round < 500; ++round) {
    std::string message = good;
    message[random() % 16] ^= static_cast<char>(1 + random() % 255);  // no head can lose a byte
    // What has become another request, or is for another id, is no garbage.
    if (decode_request(message)) continue;
    expect_rejection(message, descriptors_of(spec));
    expect_rejection(good.substr(0, random() % good.size()), {});
  }
  EXPECT_GT(rejected, 500u);
  EXPECT_EQ(core.output_of(shell(2, "echo still here")), "still here\n");
}

TEST_F(LauncherTest, NoStartLeavesAnythingBehind) {
  core.output_of(shell(0, ""));
  core.wait_until_idle();
  const auto launcher = open_descriptors_of(core.pid());
  const auto own = open_descriptors_of(::getpid());
  for (LaunchId id = 1; id <= 200; ++id) {
    auto spec = shell(id, "exit 0");
    if (id % 4 == 0) spec.program = "/nonexistent";
    core.output_of(std::move(spec));
  }
  core.wait_until_idle();
  EXPECT_EQ(open_descriptors_of(core.pid()), launcher);
  EXPECT_EQ(open_descriptors_of(::getpid()), own);
}

TEST_F(LauncherTest, EventsWaitForACoreThatIsSlow) {
  constexpr LaunchId kWorkers = 300;
  std::map<LaunchId, std::vector<int>> seen;  // 1 started, 2 exited
  const auto take = [&] {
    const auto event = core.next();
    ASSERT_TRUE(event);
    if (const auto* started = std::get_if<Started>(&*event)) seen[started->id].push_back(1);
    if (const auto* exit = std::get_if<WorkerExit>(&*event)) seen[exit->id].push_back(2);
  };
  for (LaunchId id = 1; id <= kWorkers;) {
    const auto sent = core.start(shell(id, "exit 0"));
    ASSERT_TRUE(sent);
    if (*sent == Sending::sent) {
      ++id;
    } else {
      take();
    }
  }
  while (seen.size() < kWorkers || seen[kWorkers].size() < 2) {
    take();
    if (HasFatalFailure()) return;
  }
  for (LaunchId id = 1; id < kWorkers; ++id) {
    while (seen[id].size() < 2) {
      take();
      if (HasFatalFailure()) return;
    }
  }
  for (const auto& [id, events] : seen) EXPECT_EQ(events, (std::vector<int>{1, 2})) << id;
}

TEST_F(LauncherTest, SignalsDoNotMoveIt) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1}) ::kill(core.pid(), number);
  EXPECT_EQ(core.output_of(shell(1, "echo still here")), "still here\n");
}

TEST(LauncherWithoutRoot, RunsItsOwnUserAlone) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else first";
  const auto as_nobody = [] {
    if (::setresgid(kWorkerGid, kWorkerGid, kWorkerGid) != 0 || ::setresuid(kWorkerUid, kWorkerUid, kWorkerUid) != 0) {
      return 2;
    }
    TestCore core({.core_uid = kWorkerUid, .core_gid = kWorkerGid});
    if (!core.failure().empty()) return 3;
    if (core.output_of(shell(1, "id -u")) != "54321\n") return 4;
    auto other = shell(2, "id -u");
    other.uid = 54400;
    if (!core.output_of(std::move(other)).starts_with("cannot run as uid 54400 gid 54322: without root")) return 5;
    auto root = shell(3, "id -u");
    root.uid = 0;
    if (!core.output_of(std::move(root)).starts_with("cannot run as uid 0")) return 6;
    return 0;
  };
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(as_nobody());
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 3) GTEST_SKIP() << "the build directory is closed to other users";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(LauncherProgram, IsOfNoUseByItself) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fescue-launcher";
  const auto status_of = [&](const std::string& arguments) {
    return WEXITSTATUS(std::system((program.string() + " " + arguments + " 2>/dev/null 3</dev/null").c_str()));
  };
  EXPECT_EQ(status_of(""), 64);
  EXPECT_EQ(status_of("--core-uid=1 --core-gid=1"), 64);
  EXPECT_EQ(status_of("--help"), 64);
}

}  // namespace
}  // namespace fescue
