// What is said of functions that name what their container does not show.
#include "core/doctor/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::doctor {
namespace {

using testing::HasSubstr;

LaunchPlan plan() {
  LaunchPlan out;
  out.function.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:echo:3");
  out.user = {999, 995};
  out.limits.memory_kb = 16384;
  out.container.emplace();
  return out;
}

PathState all_usable(const std::string&, const LaunchPlan&) { return PathState::usable; }

/// What is found, without the note that is always there.
std::vector<std::string> warnings(const LaunchPlan& plan, const LookAtPath& look = all_usable) {
  std::vector<std::string> out;
  for (const Finding& finding : judge_function(plan, {"/greengrass"}, look)) {
    if (finding.verdict == Verdict::warning) out.push_back(finding.text + " -> " + finding.advice);
  }
  return out;
}

TEST(DoctorFunctions, NamesWhatAContainerDoesNotShow) {
  LaunchPlan made = plan();
  made.function.environment = {{"MODEL", "/home/pi/model"}, {"CERT", "file:/greengrass/certs/x"}};
  made.function.exec_args = "--port=/dev/ttyUSB0 --class /sys/class/gpio";
  const auto said = warnings(made);
  ASSERT_EQ(said.size(), 4U);
  EXPECT_THAT(said[0], HasSubstr("echo:3: ExecArgs names /dev/ttyUSB0"));
  EXPECT_THAT(said[0], HasSubstr("local device resource"));
  EXPECT_THAT(said[1], HasSubstr("AccessSysfs"));
  EXPECT_THAT(said[2], HasSubstr("the variable CERT names /greengrass/certs/x"));
  EXPECT_THAT(said[3], HasSubstr("local volume resource"));
}

TEST(DoctorFunctions, IsContentWithWhatIsThere) {
  LaunchPlan made = plan();
  made.container->resources.push_back({.id = "r", .source = "/srv", .destination = "/home/pi", .facts = {}});
  made.function.environment = {{"A", "/home/pi/model:/usr/lib"},
                               {"B", "/tmp/x /lambda/y /dev/null /dev/ptmx /dev/mqueue/q"},
                               {"URL", "http://host/path"},
                               {"C", "a/b"}};
  EXPECT_TRUE(warnings(made).empty()) << warnings(made)[0];
  made.container->sysfs = true;
  made.function.exec_args = "/sys/class";
  EXPECT_TRUE(warnings(made).empty());
}

TEST(DoctorFunctions, NamesThoseWhoShareAUserWithoutContainers) {
  std::vector<LaunchPlan> plans(3, plan());
  EXPECT_TRUE(judge_neighbours(plans).empty());
  for (LaunchPlan& each : plans) each.container.reset();
  plans[1].function.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:other:1");
  plans[2].user = {1000, 1000};
  const auto found = judge_neighbours(plans);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].text, HasSubstr("echo, other share uid 999 without containers"));
  EXPECT_THAT(found[0].advice, HasSubstr("RunAs.Uid"));
}

TEST(DoctorFunctions, NamesWhatTheUserMayNotRead) {
  LaunchPlan made = plan();
  made.container.reset();
  made.function.environment = {{"KEY", "/etc/key"}};
  const auto closed = [](const std::string&, const LaunchPlan&) { return PathState::unreadable; };
  const auto said = warnings(made, closed);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_THAT(said[0], HasSubstr("names /etc/key, which uid 999 gid 995 may not read"));
}

TEST(DoctorFunctions, SaysWhatARuntimeNeedsAndGets) {
  LaunchPlan made = plan();
  made.function.runtime = "python3.7";
  made.interpreter = "/usr/bin/python3.7";
  EXPECT_EQ(judge_runtime(made).verdict, Verdict::good);
  EXPECT_EQ(judge_runtime(made).text, "echo:3 needs python3.7 and gets /usr/bin/python3.7");
  made.interpreter = "/usr/bin/python3.11";
  made.stand_in = "there is no python3.7; it runs it";
  EXPECT_EQ(judge_runtime(made).verdict, Verdict::warning);
  EXPECT_THAT(judge_runtime(made).text, HasSubstr("gets /usr/bin/python3.11: there is no python3.7"));
  EXPECT_THAT(judge_runtime(made).advice, HasSubstr("install python3.7"));
  made = plan();
  made.function.runtime = "provided.al2";
  EXPECT_EQ(judge_runtime(made).text, "echo:3 needs no interpreter: its package has bootstrap");
  made.function.runtime = kExecutableRuntime;
  made.function.handler = "sensor";
  EXPECT_THAT(judge_runtime(made).text, HasSubstr("its package has sensor"));
}

TEST(DoctorFunctions, SaysHowAContainerDiffersFromAShell) {
  const Findings found = judge_function(plan(), {}, all_usable);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].text, HasSubstr("as uid 999 with none of your groups"));
  EXPECT_THAT(found[0].text, HasSubstr("16384 KB"));
}

}  // namespace
}  // namespace fescue::doctor
