// What rehearsals start, what their ends mean, and their order; starts of real containers are in test_containers.py.
#include "functions/workers/rehearsal.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_until.h"

namespace fescue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A container function in Python with this volume.
std::shared_ptr<LaunchPlan> plan_with(const std::string& source, const std::string& place) {
  auto plan = std::make_shared<LaunchPlan>();
  plan->function.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:f:1");
  plan->function.runtime = "python3.11";
  plan->interpreter = "/usr/bin/python3.11";
  plan->code = "/";
  LaidOutResource resource;
  resource.id = "r";
  resource.source = source;
  resource.destination = resource.place = place;
  plan->container.emplace().resources.push_back(std::move(resource));
  return plan;
}

std::string refusal(const LaunchPlan& plan, const RehearsalEnd& end) {
  const auto judged = judge_rehearsal(plan, end);
  return judged ? "" : judged.error().message();
}

WorkerExit exit_with(int code) { return {.id = 1, .cause = ExitCause::exited, .exit_code = code}; }

const std::string kFunction = "arn:aws:lambda:us-west-2:123456789012:function:f:1: ";

TEST(Rehearsal, OnlyFunctionsWithVolumesNeedOne) {
  auto plan = plan_with("/srv/a", "/data");
  EXPECT_TRUE(needs_rehearsal(*plan));
  plan->container->resources[0].kind = HostResource::Kind::device;
  EXPECT_FALSE(needs_rehearsal(*plan));
  plan->container.reset();
  EXPECT_FALSE(needs_rehearsal(*plan));
}

TEST(Rehearsal, AnInterpreterRunsIdleAndAnExecutableNotAtAll) {
  auto plan = plan_with("/srv/a", "/data");
  plan->limits.memory_kb = 16384;
  auto spec = rehearsal_spec(*plan, "/", "/dev/null");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->rehearsal, Rehearsal::no);
  EXPECT_THAT(spec->arguments, ElementsAre("/usr/bin/python3.11", "-E", "-s", "-c", ""));
  EXPECT_GT(spec->limits.memory_kb, 100U * 1024);
  EXPECT_EQ(spec->container->resources.at(0).destination, "/data");
  plan->interpreter.clear();
  plan->function.runtime = std::string(kExecutableRuntime);
  plan->function.handler = "bin/run";
  spec = rehearsal_spec(*plan, "/", "/dev/null");
  EXPECT_EQ(spec->rehearsal, Rehearsal::yes);
  EXPECT_EQ(spec->program, "/lambda/bin/run");
  plan->function.runtime = "provided.al2";
  EXPECT_EQ(rehearsal_spec(*plan, "/", "/dev/null")->program, "/lambda/bootstrap");
}

TEST(Rehearsal, WhatAStartRefusesIsToldInV1sWords) {
  const auto plan = plan_with("/srv/a", "/etc/hostname");
  EXPECT_EQ(refusal(*plan, Error(Code::conflict, "the resource /srv/a: /etc/hostname is not a directory")),
            kFunction + "group config is invalid: the resource /srv/a: /etc/hostname is not a directory");
}

TEST(Rehearsal, WhatHidesTheProgramIsNamed) {
  auto plan = plan_with("/srv/a", "/usr/bin");
  plan->container->resources.push_back(plan->container->resources[0]);
  plan->container->resources[1].destination = plan->container->resources[1].place = "/srv/a";
  EXPECT_EQ(refusal(*plan, Error(Code::not_found, "run /usr/bin/python3.11: No such file or directory")),
            kFunction +
                "group config is invalid: run /usr/bin/python3.11: No such file or directory; does a volume hide what "
                "the function runs with? (/srv/a at /usr/bin)");
  EXPECT_EQ(refusal(*plan, exit_with(127)),
            kFunction +
                "group config is invalid: /usr/bin/python3.11 does not start (exit status 127); does a volume hide "
                "what the function runs with? (/srv/a at /usr/bin)");
  const WorkerExit fallen{.id = 1, .cause = ExitCause::signalled, .signal = SIGSEGV};
  EXPECT_THAT(refusal(*plan, fallen), HasSubstr("does not start (signal: segmentation fault)"));
}

TEST(Rehearsal, WhatProvesNothingFailsNothing) {
  const auto plan = plan_with("/srv/a", "/data");
  EXPECT_EQ(refusal(*plan, exit_with(0)), "");
  for (const Code code : {Code::timeout, Code::resource_exhausted, Code::unavailable}) {
    EXPECT_EQ(refusal(*plan, Error(code, "not now")), "");
  }
  for (const ExitCause cause : {ExitCause::killed, ExitCause::out_of_memory, ExitCause::lost}) {
    EXPECT_EQ(refusal(*plan, WorkerExit{.id = 1, .cause = cause, .signal = SIGKILL}), "");
  }
}

class RehearsalsTest : public ::testing::Test {
 protected:
  Result<LaunchId> start(const PlanPointer& plan, Rehearsals::Handler handler) {
    if (deaf_) return Error(Code::unavailable, "the launcher is gone");
    started_.emplace_back(plan, std::move(handler));
    return static_cast<LaunchId>(started_.size());
  }
  void run(std::size_t plans, std::chrono::milliseconds timeout = std::chrono::hours(1)) {
    std::vector<PlanPointer> all;
    for (std::size_t i = 0; i < plans; ++i) all.push_back(plan_with("/srv/" + std::to_string(i), "/data"));
    rehearsals_.run(
        std::move(all), [this](Result<void> outcome) { outcome_ = std::move(outcome); }, timeout);
  }
  std::string source_of(std::size_t index) const { return started_.at(index).first->container->resources.at(0).source; }
  void end(std::size_t index, const RehearsalEnd& how) {
    const auto handler = started_.at(index).second;
    handler(how);
  }

  asio::io_context io_;
  bool deaf_ = false;
  std::vector<std::pair<PlanPointer, Rehearsals::Handler>> started_;
  std::vector<LaunchId> killed_;
  Rehearsals rehearsals_{io_,
                         {.start = [this](const PlanPointer& plan,
                                          Rehearsals::Handler handler) { return start(plan, std::move(handler)); },
                          .kill = [this](LaunchId launch) { killed_.push_back(launch); }}};
  std::optional<Result<void>> outcome_;
};

TEST_F(RehearsalsTest, OneAfterAnotherInTheirOrder) {
  run(2);
  ASSERT_EQ(started_.size(), 1U);
  EXPECT_EQ(source_of(0), "/srv/0");
  end(0, exit_with(0));
  ASSERT_EQ(started_.size(), 2U);
  EXPECT_EQ(source_of(1), "/srv/1");
  EXPECT_FALSE(outcome_);
  end(1, exit_with(0));
  ASSERT_TRUE(outcome_);
  EXPECT_TRUE(*outcome_);
}

TEST_F(RehearsalsTest, NothingToRehearseIsDoneAtOnce) {
  run(0);
  ASSERT_TRUE(outcome_);
  EXPECT_TRUE(*outcome_);
}

TEST_F(RehearsalsTest, TheFirstFailureIsTheLast) {
  run(2);
  end(0, Error(Code::conflict, "no place"));
  ASSERT_TRUE(outcome_);
  EXPECT_THAT(outcome_->error().message(), StartsWith(kFunction + "group config is invalid: no place"));
  EXPECT_EQ(started_.size(), 1U);
  outcome_.reset();
  deaf_ = true;
  run(1);
  EXPECT_THAT(outcome_->error().message(), HasSubstr("the launcher is gone"));
}

TEST_F(RehearsalsTest, OneThatTakesTooLongIsKilledAndProvesNothing) {
  run(1, std::chrono::milliseconds(1));
  ASSERT_TRUE(run_until(io_, [&] { return !killed_.empty(); }));
  EXPECT_THAT(killed_, ElementsAre(1U));
  EXPECT_FALSE(outcome_);
  end(0, WorkerExit{.id = 1, .cause = ExitCause::killed, .signal = SIGKILL});
  ASSERT_TRUE(outcome_);
  EXPECT_TRUE(*outcome_);
}

TEST_F(RehearsalsTest, ACancelledRunSaysNothing) {
  run(2);
  rehearsals_.cancel();
  end(0, exit_with(0));
  EXPECT_FALSE(outcome_);
  EXPECT_EQ(started_.size(), 1U);
}

}  // namespace
}  // namespace fescue
