// Two groups, and the steps between them.
#include "engine/deployment/deployment_plan.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

FunctionArn arn(std::string_view name, std::string_view version) {
  return FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), name, version);
}

FunctionConfig function(std::string_view name, std::string_view version, std::string hash = "h1") {
  FunctionConfig out;
  out.arn = arn(name, version);
  out.runtime = "python3.8";
  out.handler = "f.handler";
  out.artifact = ArtifactHash(std::move(hash));
  return out;
}

Subscription row(std::string id, std::string_view subject) {
  return {std::move(id), Endpoint::cloud(), TopicFilter::parse(subject).value(), Endpoint::function(arn("Echo", "3"))};
}

Group group(std::vector<FunctionConfig> functions, std::vector<Subscription> rows = {}) {
  Group out;
  out.functions = std::move(functions);
  out.subscriptions = std::move(rows);
  return out;
}

std::vector<std::string> texts(const DeploymentPlan& plan) {
  std::vector<std::string> out;
  for (const PlanStep& step : plan.steps) out.push_back(describe(step));
  return out;
}

TEST(DeploymentPlan, TheFirstDeploymentAddsEverything) {
  const auto plan = plan_deployment(nullptr, group({function("Echo", "3")}, {row("1", "a")}));
  EXPECT_EQ(plan.added, std::vector{arn("Echo", "3")});
  EXPECT_TRUE(plan.subscriptions_changed);
  EXPECT_FALSE(plan.loggers_changed);
  EXPECT_EQ(plan.summary(), "1 added (Echo:3); subscriptions changed");
  EXPECT_EQ(texts(plan), (std::vector<std::string>{"start arn:aws:lambda:us-west-2:123456789012:function:Echo:3",
                                                   "switch to the new subscriptions", "write group.json"}));
}

TEST(DeploymentPlan, TheSameGroupChangesNothing) {
  const Group same = group({function("Echo", "3"), function("Other", "1")}, {row("1", "a")});
  const auto plan = plan_deployment(&same, same);
  EXPECT_TRUE(plan.changes_nothing());
  EXPECT_EQ(plan.unchanged.size(), 2u);
  EXPECT_EQ(plan.summary(), "nothing changes");
  EXPECT_EQ(plan.steps, std::vector{PlanStep{StepKind::commit}});
}

TEST(DeploymentPlan, ANewVersionReplacesTheOld) {
  const Group before = group({function("Echo", "3")});
  const auto plan = plan_deployment(&before, group({function("Echo", "4", "h2")}));
  ASSERT_EQ(plan.changed.size(), 1u);
  EXPECT_EQ(plan.changed[0],
            (FunctionChange{arn("Echo", "3"), arn("Echo", "4"), std::vector<std::string>{"version", "code"}}));
  EXPECT_TRUE(plan.added.empty() && plan.removed.empty());
  EXPECT_EQ(plan.summary(), "changed Echo:3 to Echo:4: version, code");
  EXPECT_EQ(plan.steps, (std::vector<PlanStep>{{StepKind::replace, arn("Echo", "4"), arn("Echo", "3")},
                                               {StepKind::commit},
                                               {StepKind::remove_code, arn("Echo", "3")}}));
}

TEST(DeploymentPlan, TwoVersionsOfOneFunctionStayApart) {
  const Group before = group({function("Echo", "3"), function("Echo", "4")});
  const auto plan = plan_deployment(&before, group({function("Echo", "4"), function("Echo", "5")}));
  EXPECT_EQ(plan.unchanged, std::vector{arn("Echo", "4")});
  ASSERT_EQ(plan.changed.size(), 1u);
  EXPECT_EQ(plan.changed[0].from, arn("Echo", "3"));
  EXPECT_EQ(plan.changed[0].to, arn("Echo", "5"));
}

TEST(DeploymentPlan, NamesWhatChangedButNeverValues) {
  const Group before = group({function("Echo", "3")});
  Group after = before;
  after.functions[0].memory_kb = 1;
  after.functions[0].pinned = true;
  after.functions[0].environment = {{"PASSWORD", "hidden"}};
  const auto plan = plan_deployment(&before, after);
  EXPECT_EQ(plan.summary(), "changed Echo:3: lifecycle, memory, environment");
  EXPECT_EQ(describe(plan.steps.at(0)), "start " + arn("Echo", "3").str() + " anew");
}

TEST(DeploymentPlan, EveryMemberOfAFunctionCounts) {
  const FunctionConfig base = function("Echo", "3");
  std::vector<FunctionConfig> variants(11, base);
  variants[0].artifact = ArtifactHash("h2");
  variants[1].runtime = "nodejs12.x";
  variants[2].handler = "g";
  variants[3].exec_args = "x";
  variants[4].timeout = std::chrono::seconds(9);
  variants[5].init_timeout = std::chrono::seconds(9);
  variants[6].encoding = Encoding::binary;
  variants[7].access_sysfs = true;
  variants[8].isolation = Isolation::none;
  variants[9].run_as.uid = 7;
  variants[10].resources.emplace_back();
  const Group before = group({base});
  for (const FunctionConfig& variant : variants) {
    const auto plan = plan_deployment(&before, group({variant}));
    ASSERT_EQ(plan.changed.size(), 1u);
    EXPECT_EQ(plan.changed[0].what.size(), 1u);
  }
}

TEST(DeploymentPlan, RemovedFunctionsStopBeforeTheCommitAndLoseTheirCodeAfterIt) {
  const Group before = group({function("Echo", "3"), function("Gone", "1")});
  const auto plan = plan_deployment(&before, group({function("Echo", "3")}));
  EXPECT_EQ(plan.removed, std::vector{arn("Gone", "1")});
  EXPECT_EQ(plan.steps,
            (std::vector<PlanStep>{
                {StepKind::stop, arn("Gone", "1")}, {StepKind::commit}, {StepKind::remove_code, arn("Gone", "1")}}));
  EXPECT_EQ(plan.summary(), "1 removed (Gone:1); 1 unchanged");
}

TEST(DeploymentPlan, ANewPackageUnderTheSameVersionReplacesItsCode) {
  const Group before = group({function("Echo", "3", "h1")});
  const auto plan = plan_deployment(&before, group({function("Echo", "3", "h2")}));
  EXPECT_EQ(plan.steps.back(), (PlanStep{StepKind::remove_code, arn("Echo", "3")}));
}

TEST(DeploymentPlan, RowsCountWithoutTheirOrderAndIds) {
  const Group before = group({}, {row("1", "a"), row("2", "b")});
  EXPECT_FALSE(plan_deployment(&before, group({}, {row("9", "b"), row("8", "a")})).subscriptions_changed);
  EXPECT_TRUE(plan_deployment(&before, group({}, {row("1", "a")})).subscriptions_changed);
}

TEST(DeploymentPlan, LoggersCount) {
  Group before = group({});
  Group after = before;
  after.loggers.push_back({});
  const auto plan = plan_deployment(&before, after);
  EXPECT_TRUE(plan.loggers_changed);
  EXPECT_EQ(plan.summary(), "loggers changed");
}

TEST(DeploymentPlan, EachStepUpToTheCommitCanBeUndone) {
  Group before = group({function("Echo", "3"), function("Gone", "1")}, {row("1", "a")});
  Group after = group({function("Echo", "4"), function("New", "1")}, {row("1", "b")});
  after.loggers.push_back({});
  bool committed = false;
  for (const PlanStep& step : plan_deployment(&before, after).steps) {
    committed = committed || step.kind == StepKind::commit;
    EXPECT_FALSE(describe(step).empty());
    EXPECT_EQ(describe_undo(step).empty(), committed) << describe(step);
  }
  EXPECT_TRUE(committed);
}

}  // namespace
}  // namespace fescue
