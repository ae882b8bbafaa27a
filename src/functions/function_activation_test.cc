// Groups: they come, fail, are replaced and go.
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "functions/function_service_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
    ASSERT_TRUE(wait_until([&] { return !worker_sockets_.opened.contains(worker.id); }));
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
  ASSERT_FALSE(restore({missing, echo, pinned(function("bad:1", "exit 1"))}).value());
  ASSERT_TRUE(submit(echo, "i1"));
  ask(worker_of(echo));
  EXPECT_EQ(given_.size(), 1U);
  ASSERT_TRUE(submit(missing, "i2"));
  ASSERT_TRUE(wait_until([&] { return !result("i2").empty(); }));
  EXPECT_THAT(result("i2"), HasSubstr("there is no python3.99"));
}

TEST_F(FunctionServiceTest, APackageThatIsGoneKeepsNoOtherClosed) {
  auto gone = function("a:1", kStays);
  gone.runtime = "python3.11";
  std::filesystem::remove_all(package_of(gone.arn));
  const auto here = function("b:1", kStays);
  ASSERT_TRUE(restore({pinned(gone), here}));
  using Permissions = std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(package_of(here.arn)).permissions() & Permissions::others_all, Permissions::none);
  ASSERT_TRUE(submit(here, "i1"));
  ask(worker_of(here));
  EXPECT_EQ(given_.size(), 1U);
}

TEST_F(FunctionServiceTest, AnotherLogLevelReachesEveryWorker) {
  const auto echo = function("echo:1", "echo level $LOG_LEVEL; " + std::string(kStays));
  activate({pinned(echo)});
  ask(worker_of(echo));
  ASSERT_TRUE(wait_until([&] { return log_of("echo").find("[INFO]-level INFO\n") != std::string::npos; }));
  activate({pinned(echo)});
  EXPECT_EQ(service_->counters().workers_started, 1U);
  loggers_ = {{LogComponent::lambda, log::Level::debug, 128}};
  activate({pinned(echo)});
  ASSERT_TRUE(wait_until([&] { return log_of("echo").find("[INFO]-level DEBUG\n") != std::string::npos; }));
}

TEST_F(FunctionServiceTest, OneActivationAtATime) {
  activate({pinned(function("a:1", kStays))});
  ASSERT_FALSE(activated_);
  std::optional<Result<void>> second;
  StagedGroup none{std::make_shared<Group>(), {}};
  service_->prepare(none, [&](Result<void> result) { second = std::move(result); });
  EXPECT_EQ(second->error().code(), Code::conflict);
}

TEST_F(FunctionServiceTest, APreparedSetIsTheDeployedOneOnlyOnceItIsCommitted) {
  const auto old = function("echo:1", kStays), next = function("echo:2", kStays);
  activate({old});
  std::optional<Result<void>> prepared;
  const auto prepare = [&] {
    service_->prepare(staged({next}), [&](Result<void> result) { prepared = std::move(result); });
    ASSERT_TRUE(prepared && *prepared);
  };
  prepare();
  EXPECT_THAT(service_->deployed(), ElementsAre(old.arn));
  ASSERT_TRUE(submit(next, "i1")) << "functions of the new set may call each other while they start";
  service_->roll_back();
  EXPECT_EQ(result("i1"), "") << "it waits for the version that serves (lifecycle_sets_test.cc)";
  EXPECT_EQ(submit(next, "i2").error().code(), Code::not_found);
  EXPECT_TRUE(submit(old, "i3"));
  prepare();
  service_->commit();
  EXPECT_THAT(service_->deployed(), ElementsAre(next.arn));
  EXPECT_TRUE(submit(next, "i4"));
  EXPECT_EQ(submit(old, "i5").error().code(), Code::not_found);
}

TEST_F(FunctionServiceTest, DeactivateDropsWhatIsPrepared) {
  std::optional<Result<void>> prepared;
  service_->prepare(staged({pinned(function("a:1", kStays))}),
                    [&](Result<void> result) { prepared = std::move(result); });
  bool stopped = false;
  service_->deactivate([&] { stopped = true; });
  EXPECT_EQ(prepared.value().error().code(), Code::cancelled);
  service_->roll_back();
  ASSERT_TRUE(wait_until([&] { return stopped; }));
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
  EXPECT_THAT(worker_sockets_.opened, IsEmpty());
  EXPECT_THAT(service_->workers(), IsEmpty());
  EXPECT_EQ(submit(a, "i3").error().code(), Code::not_found);
  activate({a});
  worker_of(a);
}

TEST_F(FunctionServiceTest, RootFunctionsAreRefusedTogetherByName) {
  if (::geteuid() != 0) GTEST_SKIP() << "without root everything runs as the caller";
  auto a = function("a:1", kStays);
  auto b = function("b:1", kStays);
  a.run_as.uid = 0;
  b.run_as.gid = 0;
  activate({a, function("free:1", kStays), b});
  ASSERT_TRUE(activated_.has_value() && !*activated_);
  EXPECT_THAT(activated_->error().message(), HasSubstr("lambda(s)\n[" + a.arn.str() + " " + b.arn.str() +
                                                       "] are configured to run as root while Greengrass is not"));
}

TEST_F(FunctionServiceTest, ADeadPinnedFunctionIsListedAsNotStarted) {
  const auto bad = pinned(function("bad:1", "exit 1"));
  restore({bad});
  ASSERT_TRUE(wait_until([&] {
    const auto workers = service_->workers();
    return workers.size() == 1 && workers[0].state == WorkerState::not_started && workers[0].function == bad.arn;
  }));
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
  EXPECT_THAT(worker_sockets_.opened, IsEmpty());
}

}  // namespace
}  // namespace fescue
