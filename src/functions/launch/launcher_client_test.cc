// A real launcher, asked over its socket.
#include "functions/launch/launcher_client.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "sandbox/launcher/launcher_test_support.h"
#include "tests/fakes/run_until.h"

namespace fescue {
namespace {

class LauncherClientTest : public ::testing::Test {
 protected:
  void SetUp() override { make_client(kLauncherTimeout); }

  void make_client(Duration timeout) {
    client.reset();
    auto process = spawn_launcher({.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()});
    ASSERT_TRUE(process) << process.error().message();
    client = std::make_unique<LauncherClient>(
        io, std::move(*process),
        LauncherEvents{
            .started = [this](LaunchId id, pid_t pid) { started[id] = pid; },
            .start_failed = [this](LaunchId id, const Error& error) { failed[id] = error; },
            .exited = [this](const WorkerExit& exit) { exited[exit.id] = exit; },
            .lost = [this](const Error& error) { lost = error; },
        },
        timeout);
  }

  /// Runs the loop until `done`; false when it takes too long.
  template <class Done>
  bool wait_until(Done done) {
    return run_until(io, done);
  }

  asio::io_context io;
  std::map<LaunchId, pid_t> started;
  std::map<LaunchId, Error> failed;
  std::map<LaunchId, WorkerExit> exited;
  std::optional<Error> lost;
  std::unique_ptr<LauncherClient> client;
};

TEST_F(LauncherClientTest, AWorkerStartsRunsAndExits) {
  auto spec = shell(1, "echo hello; exit 4");
  auto [read, write] = make_pipe();
  spec.outputs[0] = std::move(write);
  ASSERT_TRUE(client->start(std::move(spec)));
  ASSERT_TRUE(wait_until([&] { return exited.contains(1); }));
  EXPECT_GT(started.at(1), 0);
  EXPECT_EQ(exited.at(1).exit_code, 4);
  EXPECT_EQ(read_to_end(read), "hello\n");
  EXPECT_TRUE(failed.empty());
}

TEST_F(LauncherClientTest, QuestionsAboutSourcesAreAnsweredEach) {
  std::map<std::string, Result<SourceStatus>> seen;
  const auto ask = [&](const std::string& path) {
    HostResource resource;
    resource.source = path;
    resource.destination = "/data";
    return client->look(resource, [&, path](const Result<SourceStatus>& status) { seen.emplace(path, status); });
  };
  ASSERT_TRUE(ask("/no/such/place"));
  ASSERT_TRUE(ask("/usr"));
  EXPECT_EQ(ask("/usr/../etc").error().code(), Code::invalid_argument);
  ASSERT_TRUE(wait_until([&] { return seen.size() == 2; }));
  EXPECT_TRUE(S_ISDIR(seen.at("/usr").value().mode));
  EXPECT_EQ(seen.at("/no/such/place").error().code(), Code::not_found);
}

TEST_F(LauncherClientTest, SignalsAndKillsArrive) {
  for (LaunchId id = 1; id <= 3; ++id) ASSERT_TRUE(client->start(shell(id, "sleep 1000")));
  ASSERT_TRUE(wait_until([&] { return started.size() == 3; }));
  ASSERT_TRUE(client->signal(1, SIGTERM));
  ASSERT_TRUE(client->kill(2));
  ASSERT_TRUE(wait_until([&] { return exited.size() == 2; }));
  EXPECT_EQ(exited.at(1).cause, ExitCause::signalled);
  EXPECT_EQ(exited.at(1).signal, SIGTERM);
  EXPECT_EQ(exited.at(2).cause, ExitCause::killed);
  ASSERT_TRUE(client->stop_all());
  ASSERT_TRUE(wait_until([&] { return exited.size() == 3; }));
}

TEST_F(LauncherClientTest, RefusedStartsAreEvents) {
  auto spec = shell(1, "");
  spec.program = "/nonexistent";
  ASSERT_TRUE(client->start(std::move(spec)));
  spec = shell(2, "");
  spec.uid += 1;
  spec.gid = 0;
  ASSERT_TRUE(client->start(std::move(spec)));
  ASSERT_TRUE(wait_until([&] { return failed.size() == 2; }));
  EXPECT_EQ(failed.at(1), Error(Code::not_found, "run /nonexistent: No such file or directory"));
  EXPECT_EQ(failed.at(2).code(), Code::permission_denied);
}

TEST_F(LauncherClientTest, WrongSpecsAreErrorsAtOnce) {
  auto spec = shell(1, "");
  spec.program = "sh";
  EXPECT_EQ(client->start(std::move(spec)).error().code(), Code::invalid_argument);
  spec = shell(1, "");
  spec.outputs[3].reset();
  EXPECT_EQ(client->start(std::move(spec)).error().message(),
            "a worker needs a working directory, six outputs and the connection it is promised");
  spec = shell(1, "");
  spec.environment = {"A=" + std::string(kMaxSpecText, 'x')};
  EXPECT_EQ(client->start(std::move(spec)).error().code(), Code::too_large);
  EXPECT_EQ(client->signal(1, 0).error().code(), Code::invalid_argument);
  EXPECT_EQ(client->signal(1, 1000).error().code(), Code::invalid_argument);
}

TEST_F(LauncherClientTest, ABurstIsQueuedAndServedInOrder) {
  constexpr LaunchId kBurst = 40;
  for (LaunchId id = 1; id <= kBurst; ++id) {
    auto spec = shell(id, "exit 0");
    spec.environment.push_back("LONG=" + std::string(80'000, 'x'));
    ASSERT_TRUE(client->start(std::move(spec)));
  }
  ASSERT_TRUE(wait_until([&] { return exited.size() == kBurst; }));
  EXPECT_EQ(started.size(), kBurst);
}

TEST_F(LauncherClientTest, TheQueueIsBounded) {
  ASSERT_EQ(::kill(client->pid(), SIGSTOP), 0);
  Result<void> asked = ok();
  std::size_t accepted = 0;
  while ((asked = client->kill(1)) && accepted < 100'000) ++accepted;
  EXPECT_EQ(asked.error().code(), Code::resource_exhausted);
  EXPECT_GE(accepted, kMaxWaitingRequests);
  ASSERT_EQ(::kill(client->pid(), SIGCONT), 0);
  ASSERT_TRUE(wait_until([&] { return static_cast<bool>(client->start(shell(7, "exit 0"))); }));
  ASSERT_TRUE(wait_until([&] { return exited.contains(7); }));
}

TEST_F(LauncherClientTest, TheLaunchersDeathIsSaidOnce) {
  ASSERT_TRUE(client->start(shell(1, "sleep 1000")));
  ASSERT_TRUE(wait_until([&] { return started.contains(1); }));
  ASSERT_EQ(::kill(client->pid(), SIGKILL), 0);
  ASSERT_TRUE(wait_until([&] { return lost.has_value(); }));
  EXPECT_EQ(lost->code(), Code::unavailable);
  EXPECT_TRUE(ends(started.at(1)));
  EXPECT_EQ(client->kill(1).error().code(), Code::unavailable);
  EXPECT_EQ(client->start(shell(2, "")).error().code(), Code::unavailable);
}

TEST_F(LauncherClientTest, ALauncherThatDoesNotAnswerIsLost) {
  for (const bool is_start : {true, false}) {
    make_client(std::chrono::seconds(2));
    lost.reset();
    started.clear();
    ASSERT_TRUE(client->start(shell(1, "exec sleep 1000")));
    ASSERT_TRUE(wait_until([&] { return started.contains(1); }));
    const pid_t launcher = client->pid();
    ASSERT_EQ(::kill(launcher, SIGSTOP), 0);
    ASSERT_TRUE(is_start ? client->start(shell(2, "exit 0")) : client->kill(1));
    ASSERT_TRUE(wait_until([&] { return lost.has_value(); }));
    EXPECT_EQ(*lost, Error(Code::timeout, "launcher: it does not answer"));
    EXPECT_EQ(client->start(shell(3, "")).error().code(), Code::unavailable);
    client.reset();
    EXPECT_TRUE(ends(launcher));
    EXPECT_TRUE(ends(started.at(1)));
  }
}

TEST_F(LauncherClientTest, ItsEndIsTheEndOfEveryWorker) {
  ASSERT_TRUE(client->start(shell(1, "trap '' TERM HUP; while :; do sleep 1000; done")));
  ASSERT_TRUE(wait_until([&] { return started.contains(1); }));
  const pid_t launcher = client->pid();
  client.reset();
  EXPECT_TRUE(is_gone(started.at(1)));
  EXPECT_TRUE(is_gone(launcher));
  EXPECT_FALSE(lost);
  io.restart();
  io.poll();  // waits that were cut off end quietly
}

TEST_F(LauncherClientTest, HandlersMayCallBack) {
  LaunchId next = 2;
  client.reset();
  auto process = spawn_launcher({.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()});
  ASSERT_TRUE(process);
  LauncherEvents events;
  events.started = [](LaunchId, pid_t) {};
  events.start_failed = [this](LaunchId id, const Error& error) { failed[id] = error; };
  events.lost = [this](const Error& error) { lost = error; };
  events.exited = [&](const WorkerExit& exit) {
    exited[exit.id] = exit;
    if (next <= 5) {
      EXPECT_TRUE(client->start(shell(next++, "exit 0")));
    }
  };
  client = std::make_unique<LauncherClient>(io, std::move(*process), std::move(events));
  ASSERT_TRUE(client->start(shell(1, "exit 0")));
  ASSERT_TRUE(wait_until([&] { return exited.size() == 5; }));
  EXPECT_TRUE(failed.empty());
}

}  // namespace
}  // namespace fescue
