// Functions, IPC edge, launcher and a real Python interpreter together, without a control plane.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "core/runtime_files.h"
#include "functions/function_service.h"
#include "ipc/ipc_server.h"
#include "sandbox/launcher/launcher_test_support.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/temp_directory.h"
#include "tests/fakes/test_ports.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr char kRuntime[] = "python3.11";  // Debian 12's own

class PythonFunctions : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(std::string("/usr/bin/") + kRuntime)) GTEST_SKIP() << "no /usr/bin/" << kRuntime;
    ::chmod(root_.c_str(), 0755);
    const auto installation = find_installation("");
    ASSERT_TRUE(installation) << installation.error().message();
    ASSERT_TRUE(install_runtimes(*installation, root_ / "runtime"));
    auto launcher = spawn_launcher({.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()});
    ASSERT_TRUE(launcher) << launcher.error().message();

    auto listeners = listen_on(io_, "127.0.0.1", 0, "--ipc");
    ASSERT_TRUE(listeners);
    FunctionServiceOptions options;
    options.ipc_port = listeners->port;
    options.user_log_directory = root_ / "log";
    options.runtime_directory = root_ / "runtime";
    ipc_ = std::make_unique<IpcServer>(io_, IpcOptions{.socket_directory = root_ / "socket"});
    functions_ = std::make_unique<FunctionService>(io_, std::move(options), std::move(*launcher), *ipc_,
                                                   [](const Error& error) { ADD_FAILURE() << error.message(); });
    ASSERT_TRUE(ipc_->start(std::move(*listeners), {*functions_, *functions_, publisher_, {}}));
    ::chmod((root_ / "socket").c_str(), 0755);
  }
  void TearDown() override {
    functions_.reset();
    bool stopped = !ipc_;
    if (ipc_) asio::co_spawn(io_, ipc_->stop(), [&](const std::exception_ptr&) { stopped = true; });
    wait_until([&] { return stopped; });
    ipc_.reset();
  }

  template <class Done>
  bool wait_until(Done done) {
    return run_until(io_, done);
  }

  FunctionConfig function(const std::string& name, const std::string& code) {
    FunctionConfig config;
    config.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:" + name);
    config.runtime = kRuntime;
    config.handler = "main.handle";
    config.isolation = Isolation::none;
    config.run_as = {kWorkerUid, kWorkerGid};
    const std::filesystem::path package = root_ / "lambda" / config.arn.str();
    std::filesystem::create_directories(package);
    std::ofstream(package / "main.py") << code;
    return config;
  }
  static FunctionConfig pinned(FunctionConfig config) {
    config.pinned = true;
    return config;
  }

  Result<void> activate(std::vector<FunctionConfig> functions) {
    auto group = std::make_shared<Group>();
    group->functions = std::move(functions);
    StagedGroup staged;
    for (const auto& config : group->functions) staged.code[config.arn] = root_ / "lambda" / config.arn.str();
    staged.group = std::move(group);
    std::optional<Result<void>> activated;
    functions_->prepare(std::move(staged), [&](Result<void> prepared) {
      if (prepared) functions_->commit();
      activated = std::move(prepared);
    });
    if (!wait_until([&] { return activated.has_value(); })) return Error(Code::timeout, "no activation");
    return *activated;
  }

  /// "<error>:<payload>" of one call.
  std::string call(const FunctionConfig& target, const std::string& payload) {
    std::optional<InvocationResult> answer;
    const auto taken = functions_->submit(
        {InvocationId(random_uuid()), {}, target.arn, InvocationType::request_response, "", Payload(payload)},
        [&](InvocationResult result) { answer = std::move(result); });
    if (!taken) return taken.error().message();
    if (!wait_until([&] { return answer.has_value(); })) return "no answer";
    return std::string(name_of(answer->error)) + ":" + std::string(answer->payload.view());
  }

  std::string log_of(const std::string& name) const {
    return read_file(root_ / "log/us-west-2/123456789012" / (name + ".log"));
  }

  const TempDirectory own_;
  const std::filesystem::path root_ = own_.path();
  asio::io_context io_;
  TestPublisher publisher_;
  std::unique_ptr<IpcServer> ipc_;
  std::unique_ptr<FunctionService> functions_;
};

TEST_F(PythonFunctions, OnDemandIsCalledAndReused) {
  const auto echo = function("Echo:1",
                             "count = 0\n"
                             "def handle(event, context):\n"
                             "    global count\n"
                             "    count += 1\n"
                             "    print('call', count)\n"
                             "    return {'count': count, 'event': event, 'by': context.function_version}\n");
  ASSERT_TRUE(activate({echo}));
  EXPECT_EQ(call(echo, "{\"a\": [1]}"), R"(:{"count": 1, "event": {"a": [1]}, "by": "1"})");
  EXPECT_EQ(call(echo, "null"), R"(:{"count": 2, "event": null, "by": "1"})");
  EXPECT_EQ(functions_->counters().workers_started, 1U);
  ASSERT_TRUE(wait_until([&] { return log_of("Echo").find("call 2") != std::string::npos; }));
  EXPECT_THAT(log_of("Echo"), HasSubstr("[INFO]-main.py:5,call 1\n"));
}

TEST_F(PythonFunctions, ThreeCallsAtOnceHaveThreeWorkersAndLaterOnesReuseThem) {
  auto counter = function("Counter:1",
                          "import time\n"
                          "count = 0\n"
                          "def handle(event, context):\n"
                          "    global count\n"
                          "    count += 1\n"
                          "    time.sleep(event)\n"
                          "    return count\n");
  counter.timeout = 20s;
  ASSERT_TRUE(activate({counter}));
  std::vector<std::string> answers;
  for (int call = 0; call < 3; ++call) {
    ASSERT_TRUE(functions_->submit({.id = InvocationId(random_uuid()),
                                    .caller = {},
                                    .target = counter.arn,
                                    .type = InvocationType::request_response,
                                    .client_context = {},
                                    .payload = Payload("0.5")},
                                   [&](InvocationResult result) { answers.emplace_back(result.payload.view()); }));
  }
  ASSERT_TRUE(wait_until([&] { return answers.size() == 3; }));
  EXPECT_THAT(answers, ::testing::Each("1"));
  EXPECT_EQ(call(counter, "0"), ":2");
  EXPECT_EQ(functions_->counters().workers_started, 3U);
}

TEST_F(PythonFunctions, ANewVersionMayWantThePortThatTheOldOneHolds) {
  tcp::acceptor probe(io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  const int port = probe.local_endpoint().port();
  probe.close();
  const auto version = [&](int number) {
    return pinned(function(fmt::format("Server:{}", number), fmt::format("import socket\n"
                                                                         "s = socket.socket()\n"
                                                                         "s.bind(('127.0.0.1', {}))\n"
                                                                         "def handle(event, context):\n"
                                                                         "    return {}\n",
                                                                         port, number)));
  };
  ASSERT_TRUE(activate({version(1)}));
  EXPECT_EQ(call(version(1), "{}"), ":1");
  const auto replaced = activate({version(2)});
  ASSERT_TRUE(replaced) << replaced.error().message();
  EXPECT_EQ(call(version(2), "{}"), ":2");
}

TEST_F(PythonFunctions, ExceptionsAreHandledErrorsAndTheWorkerGoesOn) {
  const auto bad = function("Bad:1", "def handle(event, context):\n    raise ValueError('no %s' % event)\n");
  ASSERT_TRUE(activate({bad}));
  EXPECT_THAT(call(bad, "1"), HasSubstr("Handled:{\"errorMessage\": \"no 1\""));
  EXPECT_THAT(call(bad, "2"), HasSubstr("Handled:{\"errorMessage\": \"no 2\""));
  EXPECT_EQ(functions_->counters().workers_started, 1U);
}

TEST_F(PythonFunctions, DeathAndTimeoutAreUnhandledAndAPinnedFunctionComesBack) {
  auto moody = pinned(function("Moody:1",
                               "import os, time\n"
                               "def handle(event, context):\n"
                               "    if event == 'die': os._exit(3)\n"
                               "    if event == 'hang': time.sleep(1000)\n"
                               "    return os.getpid()\n"));
  moody.timeout = 1s;
  ASSERT_TRUE(activate({moody}));
  EXPECT_THAT(call(moody, "\"die\""), HasSubstr("Unhandled:{\"errorMessage\":\"the worker of " + moody.arn.str() +
                                                " ended before it answered: exit status 3\"}"));
  EXPECT_THAT(call(moody, "\"hang\""), HasSubstr("timed out after 1 seconds"));
  EXPECT_THAT(call(moody, "\"work\""), ::testing::MatchesRegex(":[0-9]+"));
  EXPECT_EQ(functions_->counters().workers_started, 3U);
}

TEST_F(PythonFunctions, AnImportThatFailsIsTheReasonOfAFailedActivation) {
  const auto broken = pinned(function("Broken:1", "import no_such_module\n"));
  const auto activated = activate({broken});
  ASSERT_FALSE(activated);
  EXPECT_THAT(activated.error().message(), HasSubstr("function:Broken:1 failed to initialize: "));
  EXPECT_THAT(activated.error().message(), HasSubstr("no_such_module"));
}

TEST_F(PythonFunctions, AMessageIsAnEventWithItsTopicAndMayBePublishedOn) {
  const auto relay = function("Relay:1",
                              "import greengrasssdk\n"
                              "client = greengrasssdk.client('iot-data')\n"
                              "def handle(event, context):\n"
                              "    topic = context.client_context.custom['subject']\n"
                              "    client.publish(topic=topic + '/answer', payload=b'x')\n");
  ASSERT_TRUE(activate({relay}));
  functions_->deliver(Endpoint::function(relay.arn), {Endpoint::cloud(), *Topic::parse("a/b"), Payload("{}")});
  ASSERT_TRUE(wait_until([&] { return !publisher_.messages.empty(); })) << log_of("Relay");
  EXPECT_EQ(publisher_.messages.front().topic.view(), "a/b/answer");
}

TEST_F(PythonFunctions, ARedeploymentUnderTrafficLosesNothing) {
  const auto version = [&](int number) {
    return pinned(function(fmt::format("Echo:{}", number), fmt::format("def handle(event, context):\n"
                                                                       "    return {}\n",
                                                                       number)));
  };
  ASSERT_TRUE(activate({version(1)}));
  const auto old = version(1);
  std::map<std::string, int> answers;
  FunctionArn route = old.arn;
  int open = 0;
  std::function<void()> call_on = [&] {
    ++open;
    const auto taken = functions_->submit(
        {InvocationId(random_uuid()), {}, route, InvocationType::request_response, "", Payload("{}")},
        [&](InvocationResult result) {
          --open;
          ++answers[std::string(name_of(result.error)) + ":" + std::string(result.payload.view())];
          if (answers[":2"] < 100) asio::post(io_, call_on);
        });
    EXPECT_TRUE(taken) << taken.error().message();
  };
  for (int caller = 0; caller < 8; ++caller) call_on();
  ASSERT_TRUE(wait_until([&] { return answers[":1"] > 50; }));

  auto group = std::make_shared<Group>();
  group->functions = {version(2)};
  const StagedGroup staged{group, {{group->functions[0].arn, root_ / "lambda" / group->functions[0].arn.str()}}};
  functions_->prepare(staged, [&](Result<void> result) {
    ASSERT_TRUE(result);
    functions_->commit();
    route = group->functions[0].arn;
  });
  ASSERT_TRUE(wait_until([&] { return open == 0 && answers[":2"] >= 100; }));
  EXPECT_EQ(answers.size(), 2U) << "besides :1 and :2 there was " << ::testing::PrintToString(answers);
}

}  // namespace
}  // namespace fescue
