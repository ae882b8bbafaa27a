// Plans for containers on hosts that can and cannot have them.
#include "functions/launch/launch_plan.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace fescue {
namespace {

using ::testing::HasSubstr;

class LaunchPlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(code_);
    std::ofstream(code_ / "run") << "#!/bin/sh\n";
    ::chmod((code_ / "run").c_str(), 0755);
    ::chmod(code_.c_str(), 0755);
    function_.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:f:1");
    function_.runtime = std::string(kExecutableRuntime);
    function_.handler = "run";
    function_.encoding = Encoding::binary;
    function_.run_as = {54321, 54322};
  }
  void TearDown() override { std::filesystem::remove_all(code_); }

  Result<LaunchPlan> plan() const { return plan_launch(function_, code_, rules_); }
  std::string refusal() const {
    const auto made = plan();
    return made ? "" : made.error().message();
  }

  std::filesystem::path code_ = std::filesystem::path("/tmp") / ("fescue-plan-" + random_alphanumeric(12));
  FunctionConfig function_;
  LaunchRules rules_;
};

TEST_F(LaunchPlanTest, AContainerWithItsLimits) {
  const auto made = plan();
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_TRUE(made->container);
  EXPECT_EQ(made->limits.memory_kb, kDefaultMemoryKb);
  EXPECT_THAT(made->notes, ::testing::ElementsAre("it has no MemorySize and gets V1's default of 16384 KB"));
  function_.isolation = Isolation::none;
  EXPECT_FALSE(plan()->container);
}

TEST_F(LaunchPlanTest, ContainersAreRefusedWhereTheHostHasNone) {
  rules_.facilities.cgroups.why_missing(CgroupUse::memory) = "no memory controller is mounted";
  EXPECT_THAT(refusal(), HasSubstr("function:f:1: it asks for a container, and this core has none: memory cannot be "
                                   "limited on this host: no memory controller is mounted. Set the IsolationMode to "
                                   "NoContainer"));
  rules_.run_as.only_user = UserIds{::geteuid() + 1, ::getegid() + 1};
  EXPECT_THAT(refusal(), HasSubstr("it was started without root"));
  function_.isolation = Isolation::none;
  EXPECT_EQ(refusal(), "");
}

TEST_F(LaunchPlanTest, StrictCoresDemandAMemorySize) {
  rules_.strict = true;
  EXPECT_THAT(refusal(), HasSubstr("MemorySize configuration for function with arn " + function_.arn.str() +
                                   " is required in IsolationMode=GreengrassContainer."));
  function_.memory_kb = 8192;
  EXPECT_EQ(refusal(), "");
}

TEST_F(LaunchPlanTest, MegabytesInPlaceOfKilobytesAreRemarked) {
  function_.memory_kb = 128;
  const auto made = plan();
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->limits.memory_kb, kDefaultMemoryKb);
  EXPECT_THAT(made->remarks, ::testing::ElementsAre(HasSubstr("MemorySize of 128 counts KB")));
  EXPECT_THAT(made->remarks[0], HasSubstr("for 128 MB set it to 131072"));
  EXPECT_EQ(made->notes, made->remarks);
  function_.memory_kb = kLeastMemoryKb;
  EXPECT_TRUE(plan()->remarks.empty());
  EXPECT_EQ(plan()->limits.memory_kb, kLeastMemoryKb);
}

TEST_F(LaunchPlanTest, WhatTheLauncherWouldRefuseFailsThePlan) {
  rules_.policy.core_uid = 54321;
  EXPECT_THAT(refusal(), HasSubstr("uid 54321 is the core's own"));
  rules_.policy.core_uid = 1;
  rules_.accounts = {.groups = {0, 54322}, .members = {}};
  EXPECT_THAT(refusal(), HasSubstr("gid 54322 is a system group"));
}

TEST_F(LaunchPlanTest, WhatTheLauncherWouldNotAttachFailsThePlan) {
  const Resource volume{"r", "r", ResourceKind::volume, code_, "/data", {}};
  function_.resources = {{volume, Access::read_only}};
  EXPECT_EQ(refusal(), "");
  rules_.policy.protected_directories = {code_};
  EXPECT_THAT(refusal(), HasSubstr("group config is invalid: resource " + code_.string() + ": it is in"));
}

TEST_F(LaunchPlanTest, InterpretersInHomesAreNotThereInAContainer) {
  const std::string python = code_ / "run";
  rules_.interpreters.configured["python3.8"] = python;
  function_.runtime = "python3.8";
  const auto lies_hidden =
      HasSubstr("runtime python3.8: " + python + " lies in a directory that containers do not show");
  EXPECT_THAT(refusal(), lies_hidden);  // containers have a /tmp of their own
  rules_.policy.protected_directories = {code_};
  EXPECT_THAT(refusal(), lies_hidden);
  function_.isolation = Isolation::none;
  EXPECT_EQ(refusal(), "");
}

}  // namespace
}  // namespace fescue
