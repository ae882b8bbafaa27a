// The service with the real launcher and real processes. Workers are shell scripts started as executables; what a
// worker would say over IPC is said by the test, through the WorkerGateway.
#include "lambda/function_service.h"

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "sandbox/launcher_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kStays[] = "exec sleep 1000";

class Doors final : public WorkerDoors {
 public:
  Result<std::string> open(const WorkerId& worker, uid_t) override {
    if (refuse) return Error(Code::io, "no door");
    opened.insert(worker);
    return "/doors/" + worker.str();
  }
  void close(const WorkerId& worker) override { opened.erase(worker); }

  std::set<WorkerId> opened;
  bool refuse = false;
};

class FunctionServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root_);
    ::chmod(root_.c_str(), 0755);
    auto launcher = spawn_launcher({.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()});
    ASSERT_TRUE(launcher) << launcher.error().message();
    launcher_pid_ = launcher->pid;
    FunctionServiceOptions options;
    options.user_log_directory = root_ / "log";
    options.runtime_directory = root_ / "runtime";
    options.max_held_bytes = 1000;
    options.limits.first_pause = 1ms;
    service_ = std::make_unique<FunctionService>(io_, std::move(options), std::move(*launcher), doors_,
                                                 [this](const Error& error) { lost_ = error; });
  }
  void TearDown() override {
    service_.reset();
    std::filesystem::remove_all(root_);
  }

  template <class Done>
  bool wait_until(Done done) {
    const auto deadline = steady_now() + std::chrono::milliseconds(kTestPatience);
    while (!done()) {
      if (steady_now() > deadline) return false;
      io_.restart();
      io_.run_one_until(deadline);
    }
    return true;
  }

  /// A function whose worker runs `script`.
  FunctionConfig function(const std::string& name, const std::string& script) {
    FunctionConfig config;
    config.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:" + name);
    config.runtime = std::string(kExecutableRuntime);
    config.handler = "run";
    config.encoding = Encoding::binary;
    config.isolation = Isolation::none;
    config.run_as = {kWorkerUid, kWorkerGid};
    std::filesystem::create_directories(package_of(config.arn));
    ::chmod(package_of(config.arn).c_str(), 0755);
    const std::string program = package_of(config.arn) + "/run";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    ::chmod(program.c_str(), 0755);
    return config;
  }
  static FunctionConfig pinned(FunctionConfig config) {
    config.pinned = true;
    return config;
  }
  std::string package_of(const FunctionArn& arn) const { return root_ / arn.str(); }

  std::optional<Result<void>>& activate(std::vector<FunctionConfig> functions,
                                        OnFailure on_failure = OnFailure::roll_back) {
    auto group = std::make_shared<Group>();
    group->functions = std::move(functions);
    StagedGroup staged;
    for (const auto& config : group->functions) staged.code[config.arn] = package_of(config.arn);
    staged.group = std::move(group);
    activated_.reset();
    service_->activate(std::move(staged), on_failure, [this](Result<void> result) { activated_ = std::move(result); });
    return activated_;
  }

  Result<void> submit(const FunctionConfig& target, const std::string& id,
                      InvocationType type = InvocationType::request_response, const std::string& payload = "p") {
    return service_->submit({InvocationId(id), {}, target.arn, type, "ctx-" + id, Payload(payload)},
                            [this, id](InvocationResult result) { results_[id] = std::move(result); });
  }
  /// The text of a result: its error's name, a colon, its payload; "" while there is none.
  std::string result(const std::string& id) const {
    const auto found = results_.find(id);
    if (found == results_.end()) return "";
    return std::string(name_of(found->second.error)) + ":" + std::string(found->second.payload.view());
  }

  /// Waits until `count` workers of the function have a process.
  std::vector<WorkerStatus> workers_of(const FunctionConfig& config, std::size_t count = 1) {
    std::vector<WorkerStatus> found;
    EXPECT_TRUE(wait_until([&] {
      found = service_->workers();
      std::erase_if(found, [&](const auto& worker) { return worker.function != config.arn || worker.pid == 0; });
      return found.size() == count;
    }));
    return found;
  }
  WorkerId worker_of(const FunctionConfig& config) { return workers_of(config).at(0).id; }

  /// The worker asks; what it is given goes to given_ as "id context payload".
  void ask(const WorkerId& worker) {
    service_->next_work(worker, [this](WorkItem item) {
      given_.push_back(fmt::format("{} {} {}", item.id.str(), item.client_context, item.payload.view()));
    });
  }
  Result<void> post(const WorkerId& worker, const std::string& id, const std::string& payload) {
    return service_->post_result(worker, InvocationId(id), {FunctionError::none, Payload(payload)});
  }
  std::string log_of(const std::string& name) const {
    return read_file(root_ / "log/us-west-2/123456789012" / (name + ".log"));
  }

  std::filesystem::path root_ = std::filesystem::temp_directory_path() / ("fescue-service-" + random_alphanumeric(12));
  asio::io_context io_;
  Doors doors_;
  pid_t launcher_pid_ = 0;
  std::optional<Error> lost_;
  std::optional<Result<void>> activated_;
  std::map<std::string, InvocationResult> results_;
  std::vector<std::string> given_;
  std::unique_ptr<FunctionService> service_;
};

TEST_F(FunctionServiceTest, ACallGoesThroughAWorkerAndBack) {
  const auto echo = function("echo:1", kStays);
  ASSERT_TRUE(activate({echo}).value());
  ASSERT_TRUE(submit(echo, "i1", InvocationType::request_response, "hello"));
  const WorkerId worker = worker_of(echo);
  EXPECT_EQ(result("i1"), "");
  ask(worker);
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 hello"));
  EXPECT_EQ(post(worker, "i2", "no").error().code(), Code::not_found);
  ASSERT_TRUE(post(worker, "i1", "goodbye"));
  EXPECT_EQ(result("i1"), ":goodbye");
  EXPECT_EQ(post(worker, "i1", "again").error().code(), Code::not_found);

  ask(worker);
  ASSERT_TRUE(submit(echo, "i2"));
  EXPECT_EQ(given_.back(), "i2 ctx-i2 p");
  EXPECT_EQ(service_->counters().workers_started, 1U);
}

TEST_F(FunctionServiceTest, AResultHandlerMaySubmitTheNextCall) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(service_->submit({InvocationId("i1"), {}, echo.arn, InvocationType::request_response, "", Payload("x")},
                               [&](InvocationResult) { EXPECT_TRUE(submit(echo, "i2")); }));
  const WorkerId worker = worker_of(echo);
  ask(worker);
  ask(worker);
  ASSERT_TRUE(post(worker, "i1", "y"));
  EXPECT_THAT(given_, ElementsAre("i1  x", "i2 ctx-i2 p"));
}

TEST_F(FunctionServiceTest, TheProcessHasTheFunctionsEnvironmentIdentityAndLog) {
  auto echo = function("echo:1",
                       "echo $MY_FUNCTION_ARN $COLOUR; echo bad >&2; echo quiet >&3\n"
                       "echo $AWS_CONTAINER_AUTHORIZATION_TOKEN; pwd; id -u; id -g; " +
                           std::string(kStays));
  echo.environment["COLOUR"] = "green";
  activate({pinned(echo)});
  ASSERT_TRUE(wait_until([&] { return log_of("echo").find("]-" + std::to_string(kWorkerGid)) != std::string::npos; }));
  const std::string text = log_of("echo");
  EXPECT_THAT(text, HasSubstr("[INFO]-" + echo.arn.str() + " green\n"));
  EXPECT_THAT(text, HasSubstr("[ERROR]-bad\n"));
  EXPECT_THAT(text, HasSubstr("[INFO]-" + package_of(echo.arn) + "\n"));
  EXPECT_EQ(text.find("quiet"), std::string::npos);  // DEBUG, and the level is INFO

  const std::size_t at = text.find("Basic ");
  ASSERT_NE(at, std::string::npos);
  const std::string token = text.substr(at, text.find('\n', at) - at);
  const auto identity = service_->authenticate(token);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->function, echo.arn);
  EXPECT_EQ(identity->id, worker_of(echo));
  EXPECT_FALSE(service_->authenticate(token.substr(0, token.size() - 1)));
  EXPECT_FALSE(service_->authenticate(""));

  ::kill(workers_of(echo).at(0).pid, SIGKILL);
  ASSERT_TRUE(wait_until([&] { return !service_->authenticate(token); }));  // a token dies with its worker
}

TEST_F(FunctionServiceTest, ATimeoutKillsTheProcessAndTellsTheCaller) {
  auto slow = function("slow:1", "trap '' TERM; while true; do sleep 1000; done");
  slow.timeout = 1s;
  activate({slow});
  ASSERT_TRUE(submit(slow, "i1"));
  const auto worker = workers_of(slow).at(0);
  ask(worker.id);
  ASSERT_TRUE(wait_until([&] { return doors_.opened.empty(); }));
  EXPECT_EQ(result("i1"), "Unhandled:{\"errorMessage\":\"" + slow.arn.str() + " timed out after 1 seconds\"}");
  EXPECT_TRUE(is_gone(worker.pid));
  EXPECT_EQ(service_->counters().timeouts, 1U);
  EXPECT_EQ(service_->counters().workers_died, 1U);
}

TEST_F(FunctionServiceTest, ACallerIsToldWhenTheWorkerDies) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1"));
  const auto worker = workers_of(echo).at(0);
  ask(worker.id);
  ::kill(worker.pid, SIGSEGV);
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:{\"errorMessage\":\"the worker of " + echo.arn.str()));
  EXPECT_THAT(result("i1"), HasSubstr("signal: segmentation fault"));
}

TEST_F(FunctionServiceTest, TheLogTailIsWhatTheWorkerPrintedMeanwhileEvenIfItDies) {
  const auto dying = function("dying:1", "echo before; read word < go; echo last $word >&2; exit 3");
  ASSERT_EQ(::mkfifo((package_of(dying.arn) + "/go").c_str(), 0600), 0);
  ASSERT_EQ(::chmod((package_of(dying.arn) + "/go").c_str(), 0644), 0);
  activate({dying});
  ASSERT_TRUE(service_->submit({.id = InvocationId("i1"),
                                .caller = {},
                                .target = dying.arn,
                                .type = InvocationType::request_response,
                                .client_context = "",
                                .payload = Payload("x"),
                                .log_tail = LogTail::yes},
                               [this](InvocationResult result) { results_["i1"] = std::move(result); }));
  const WorkerId worker = worker_of(dying);
  ASSERT_TRUE(wait_until([&] { return log_of("dying").find("before") != std::string::npos; }));
  ask(worker);
  std::ofstream(package_of(dying.arn) + "/go") << "words\n";
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:"));
  EXPECT_THAT(results_["i1"].log_tail, HasSubstr("][ERROR]-last words\n"));
  EXPECT_EQ(results_["i1"].log_tail.find("before"), std::string::npos);
}

TEST_F(FunctionServiceTest, AnEventIsGivenAgainWhole) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1", InvocationType::event, "payload"));
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const auto worker = workers_of(echo).at(0);
    ask(worker.id);
    ::kill(worker.pid, SIGKILL);
    ASSERT_TRUE(wait_until([&] { return !doors_.opened.contains(worker.id); }));
  }
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 payload", "i1 ctx-i1 payload", "i1 ctx-i1 payload"));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:"));
  EXPECT_EQ(service_->counters().dropped_events, 1U);
}

TEST_F(FunctionServiceTest, AStartThatFailsForGoodEndsTheWait) {
  const auto broken = function("broken:1", "echo oh dear >&2; exit 3");
  activate({broken});
  ASSERT_TRUE(submit(broken, "i1"));
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("failed to initialize: exit status 3"));
  EXPECT_EQ(service_->counters().workers_started, 3U);
  ASSERT_TRUE(wait_until([&] { return doors_.opened.empty(); }));
  EXPECT_THAT(log_of("broken"), HasSubstr("[ERROR]-oh dear\n"));
}

TEST_F(FunctionServiceTest, WithoutADoorThereIsNoWorker) {
  doors_.refuse = true;
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1"));
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("it could not be started: no door"));
  EXPECT_EQ(service_->counters().workers_started, 0U);
}

TEST_F(FunctionServiceTest, TheLinesThatPeopleGrepForAreInTheSystemLog) {
  ASSERT_TRUE(log::to_file(root_ / "runtime.log", 1024 * 1024));
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1", InvocationType::event));
  std::vector<WorkerStatus> workers;
  for (int attempt = 1; attempt <= 3; ++attempt) {
    workers.push_back(workers_of(echo).at(0));
    ask(workers.back().id);
    ::kill(workers.back().pid, SIGKILL);
    ASSERT_TRUE(wait_until([&] { return !doors_.opened.contains(workers.back().id); }));
  }
  log::to_stderr();
  const std::string text = read_file(root_ / "runtime.log");
  const std::string id = workers[0].id.str();
  EXPECT_THAT(
      text, HasSubstr(fmt::format("[INFO]-Created worker.\t{{\"functionArn\":\"{}\",\"workerId\":\"{}\",\"pid\":{}}}\n",
                                  echo.arn.str(), id, workers[0].pid)));
  EXPECT_THAT(text, HasSubstr("[INFO]-Worker Max Memory Usage (KB): "));
  EXPECT_THAT(text,
              HasSubstr(fmt::format("[ERROR]-Worker is ungracefully killed.\t{{\"workerId\":\"{}\",\"funcArn\":\"{}\","
                                    "\"state\":\"signal: killed\"}}\n",
                                    id, echo.arn.str())));
  EXPECT_THAT(text, HasSubstr("-WorkItem reached max retry limit.\t{\"invocationId\":\"i1\""));
}

// Admission.

TEST_F(FunctionServiceTest, WhatIsNotJsonIsRefusedForJsonFunctions) {
  auto echo = function("echo:1", kStays);
  echo.encoding = Encoding::json;
  activate({echo});
  const auto refused = submit(echo, "i1", InvocationType::request_response, "not json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::invalid_argument);
  EXPECT_TRUE(submit(echo, "i2", InvocationType::request_response, "{\"a\": 1}"));
  EXPECT_TRUE(submit(echo, "i3", InvocationType::request_response, ""));
  const Endpoint target = Endpoint::function(echo.arn);
  service_->deliver(target, {Endpoint::cloud(), *Topic::parse("t"), Payload("\xff")});
  EXPECT_EQ(service_->counters().bad_payloads, 2U);
  EXPECT_EQ(service_->counters().dropped_events, 1U);
  EXPECT_EQ(service_->counters().invocations, 2U);
}

TEST_F(FunctionServiceTest, UnknownFunctionsTwiceUsedIdsAndFullQueuesAreRefused) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  EXPECT_EQ(submit(function("echo:2", kStays), "i1").error().code(), Code::not_found);
  ASSERT_TRUE(submit(echo, "i1", InvocationType::request_response, std::string(600, 'x')));
  EXPECT_EQ(submit(echo, "i1").error().code(), Code::already_exists);
  const Endpoint target = Endpoint::function(echo.arn);
  EXPECT_TRUE(service_->has_room(target, 400));
  EXPECT_FALSE(service_->has_room(target, 401));
  EXPECT_EQ(submit(echo, "i2", InvocationType::event, std::string(401, 'x')).error().code(), Code::resource_exhausted);
  EXPECT_EQ(service_->counters().refused, 1U);
  const WorkerId worker = worker_of(echo);
  ask(worker);
  ASSERT_TRUE(post(worker, "i1", "done"));
  EXPECT_TRUE(service_->has_room(target, 1000));
}

TEST_F(FunctionServiceTest, ARoutedMessageIsAnEventThatNamesItsTopic) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  service_->deliver(Endpoint::function(echo.arn), {Endpoint::cloud(), *Topic::parse("a/b"), Payload("hi")});
  const WorkerId worker = worker_of(echo);
  std::optional<WorkItem> item;
  service_->next_work(worker, [&](WorkItem given) { item = std::move(given); });
  ASSERT_TRUE(item);
  EXPECT_EQ(item->payload.view(), "hi");
  EXPECT_EQ(*base64_decode(item->client_context), "{\"custom\":{\"subject\":\"a/b\"}}");
  EXPECT_EQ(item->id.str().size(), 36U);
  EXPECT_TRUE(service_->post_result(worker, item->id, {}));
}

TEST_F(FunctionServiceTest, AConnectorIsFoundByItsUnqualifiedName) {
  auto connector = function("GG-ML-INF:4", kStays);
  const auto code = package_of(connector.arn);
  connector.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:aws:function:GG-ML-INF:4");
  std::filesystem::copy(code, package_of(connector.arn));
  activate({connector, function("echo:1", kStays)});
  const auto call = [&](const std::string& arn, const char* id) {
    return service_->submit({InvocationId(id), {}, *FunctionArn::parse(arn), InvocationType::event, "", {}}, {});
  };
  EXPECT_TRUE(call("arn:aws:lambda:us-west-2:aws:function:GG-ML-INF", "i1"));
  EXPECT_FALSE(call("arn:aws:lambda:us-west-2:aws:function:Other", "i2"));
  EXPECT_FALSE(call("arn:aws:lambda:us-west-2:123456789012:function:echo", "i3"));
}

TEST_F(FunctionServiceTest, AForgottenRequestGetsNothing) {
  const auto echo = function("echo:1", kStays);
  activate({pinned(echo)});
  const WorkerId worker = worker_of(echo);
  ask(worker);
  service_->forget_request(worker);
  ASSERT_TRUE(submit(echo, "i1"));
  EXPECT_THAT(given_, IsEmpty());
  ask(worker);
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 p"));
  ask(WorkerId("nobody"));
  service_->forget_request(WorkerId("nobody"));
}

// Groups.

TEST_F(FunctionServiceTest, AnActivationIsDoneWhenAllPinnedFunctionsAreReady) {
  const auto a = pinned(function("a:1", kStays));
  const auto b = pinned(function("b:1", kStays));
  auto& activated = activate({a, b, function("c:1", kStays)});
  service_->post_initialized(worker_of(a), std::nullopt);
  EXPECT_FALSE(activated);
  ask(worker_of(b));
  ASSERT_TRUE(activated);
  EXPECT_TRUE(*activated);
}

TEST_F(FunctionServiceTest, AnActivationThatFailsLeavesTheFormerSetRunning) {
  const auto old = pinned(function("echo:1", kStays));
  activate({old});
  const auto worker = workers_of(old).at(0);
  ask(worker.id);
  ASSERT_TRUE(activated_.has_value() && *activated_);

  activate({pinned(function("echo:2", "exit 7")), function("more:1", kStays)});
  ASSERT_TRUE(wait_until([&] { return activated_.has_value(); }));
  ASSERT_FALSE(*activated_);
  EXPECT_THAT(activated_->error().message(), HasSubstr("function:echo:2 failed to initialize: exit status 7"));
  EXPECT_THAT(activated_->error().message(), HasSubstr("us-west-2/123456789012/echo.log"));
  EXPECT_EQ(submit(function("more:1", kStays), "i1").error().code(), Code::not_found);
  ask(worker_of(old));
  ASSERT_TRUE(submit(old, "i2"));
  EXPECT_THAT(given_, ElementsAre("i2 ctx-i2 p"));
}

TEST_F(FunctionServiceTest, ReportedInitialisationFailuresAreTheReason) {
  const auto bad = pinned(function("bad:1", kStays));
  activate({bad});
  for (int trial = 0; trial < 2; ++trial) {
    const auto worker = workers_of(bad).at(0);
    service_->post_initialized(worker.id, "ImportError(\"no module named x\")");
    ASSERT_TRUE(wait_until([&] { return !doors_.opened.contains(worker.id); }));
  }
  ASSERT_TRUE(activated_.has_value());
  EXPECT_THAT(activated_->error().message(), HasSubstr("failed to initialize: ImportError(\"no module named x\")"));
}

TEST_F(FunctionServiceTest, WhatCannotStartFailsTheActivationAtOnceAndByName) {
  auto old = function("echo:1", kStays);
  activate({old});
  auto missing = function("missing:1", kStays);
  missing.runtime = "python3.99";
  ASSERT_FALSE(activate({missing}).value());
  EXPECT_THAT(activated_->error().message(),
              HasSubstr("function:missing:1: runtime python3.99: there is no python3.99"));
  missing.runtime = "cobol";
  EXPECT_THAT(activate({missing})->error().message(), HasSubstr("runtime cobol is not supported"));
  EXPECT_TRUE(submit(old, "i1"));
}

TEST_F(FunctionServiceTest, ASavedGroupRunsAsFarAsItCan) {
  auto missing = function("missing:1", kStays);
  missing.runtime = "python3.99";
  const auto echo = function("echo:1", kStays);
  ASSERT_FALSE(activate({missing, echo, pinned(function("bad:1", "exit 1"))}, OnFailure::keep).value());
  ASSERT_TRUE(submit(echo, "i1"));
  ask(worker_of(echo));
  EXPECT_EQ(given_.size(), 1U);
  ASSERT_TRUE(submit(missing, "i2"));
  ASSERT_TRUE(wait_until([&] { return !result("i2").empty(); }));
  EXPECT_THAT(result("i2"), HasSubstr("there is no python3.99"));
}

TEST_F(FunctionServiceTest, OneActivationAtATime) {
  activate({pinned(function("a:1", kStays))});
  ASSERT_FALSE(activated_);
  std::optional<Result<void>> second;
  StagedGroup none{std::make_shared<Group>(), {}};
  service_->activate(none, OnFailure::roll_back, [&](Result<void> result) { second = std::move(result); });
  EXPECT_EQ(second->error().code(), Code::conflict);
}

TEST_F(FunctionServiceTest, DeactivateStopsEverythingAndTellsEveryCaller) {
  const auto a = pinned(function("a:1", kStays));
  const auto stubborn = function("b:1", "trap '' TERM; while true; do sleep 1000; done");
  activate({a, stubborn});
  ask(worker_of(a));
  ASSERT_TRUE(submit(a, "i1"));
  ASSERT_TRUE(submit(stubborn, "i2"));
  workers_of(stubborn);
  bool stopped = false;
  service_->deactivate([&] { stopped = true; });
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:"));
  EXPECT_THAT(result("i2"), HasSubstr("Unhandled:"));
  ASSERT_TRUE(wait_until([&] { return stopped; }));
  EXPECT_THAT(doors_.opened, IsEmpty());
  EXPECT_THAT(service_->workers(), IsEmpty());
  EXPECT_EQ(submit(a, "i3").error().code(), Code::not_found);
  activate({a});
  worker_of(a);
}

TEST_F(FunctionServiceTest, FunctionsThatAskForAContainerRunWithoutOneAloud) {
  auto boxed = function("boxed:1", kStays);
  boxed.isolation = Isolation::container;
  activate({boxed, function("free:1", kStays)});
  ASSERT_EQ(service_->warnings().size(), 1U);
  EXPECT_THAT(service_->warnings()[0], HasSubstr("function:boxed:1 asks for a container and runs without one"));
}

TEST_F(FunctionServiceTest, ADeadPinnedFunctionIsListedAsNotStarted) {
  const auto bad = pinned(function("bad:1", "exit 1"));
  activate({bad}, OnFailure::keep);
  ASSERT_TRUE(wait_until([&] {
    const auto workers = service_->workers();
    return workers.size() == 1 && workers[0].state == WorkerState::not_started && workers[0].function == bad.arn;
  }));
}

TEST_F(FunctionServiceTest, LinesOfTheOldLogIntakeGoToTheSameFile) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  service_->log_line(echo.arn, log::Level::warn, "one\ntwo");
  EXPECT_THAT(log_of("echo"), HasSubstr("[WARN]-one\n"));
  EXPECT_THAT(log_of("echo"), HasSubstr("[WARN]-two\n"));
}

TEST_F(FunctionServiceTest, WhenTheLauncherIsLostCallersAreToldAndTheCoreToo) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1"));
  worker_of(echo);
  ::kill(launcher_pid_, SIGKILL);
  ASSERT_TRUE(wait_until([&] { return lost_.has_value(); }));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:"));
  bool stopped = false;
  service_->deactivate([&] { stopped = true; });
  EXPECT_TRUE(stopped);
}

TEST_F(FunctionServiceTest, ItsEndIsTheEndOfItsWorkers) {
  const auto echo = pinned(function("echo:1", "echo last words; " + std::string(kStays)));
  activate({echo});
  const auto worker = workers_of(echo).at(0);
  service_.reset();
  EXPECT_TRUE(ends(worker.pid));
  EXPECT_THAT(doors_.opened, IsEmpty());
}

}  // namespace
}  // namespace fescue
