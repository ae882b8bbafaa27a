// The JSON of one function, and that no value of a variable is in it.
#include "core/admin/function_view.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace fescue {
namespace {

FunctionView example_function() {
  LaunchPlan plan;
  plan.function.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:echo:3");
  plan.function.environment = {{"PASSWORD", "sesame"}};
  plan.code = "/greengrass/code";
  plan.user = {54321, 54322};
  plan.limits.memory_kb = 16384;
  plan.container.emplace();
  plan.container->groups = {54323};
  plan.container->sysfs = true;
  LaidOutResource disk{.id = "disk", .source = "/srv/disk", .destination = "/disk", .facts = {}};
  LaidOutResource tty{.id = "tty",
                      .kind = HostResource::Kind::device,
                      .source = "/dev/ttyS0",
                      .destination = "/dev/ttyS0",
                      .facts = {}};
  plan.container->resources = {disk, tty};
  ExitRecord record;
  record.cause = EndCause::timed_out;
  record.text = "slow";
  record.invocations = {InvocationId("i1")};
  const FunctionArn arn = plan.function.arn;
  return {arn, std::move(plan), {record}};
}

const boost::json::object* find(const boost::json::value& list, std::string_view place) {
  for (const auto& row : list.as_array()) {
    if (row.at("place").as_string() == place) return &row.as_object();
  }
  return nullptr;
}

TEST(FunctionView, ShowsWhatTheContainerShows) {
  const boost::json::value shown = boost::json::parse(to_json(example_function()));
  const boost::json::value& plan = shown.at("plan");
  EXPECT_EQ(plan.at("isolation"), "GreengrassContainer");
  EXPECT_EQ(plan.at("uid"), 54321);
  EXPECT_EQ(plan.at("groups").at(0).at("gid"), 54323);
  EXPECT_EQ(plan.at("memory_limit_kb"), 16384);
  ASSERT_TRUE(find(plan.at("mounts"), "/disk"));
  EXPECT_EQ(find(plan.at("mounts"), "/disk")->at("source"), "/srv/disk");
  EXPECT_TRUE(find(plan.at("mounts"), "/sys"));
  EXPECT_FALSE(find(plan.at("mounts"), "/dev/ttyS0"));
  ASSERT_TRUE(find(plan.at("devices"), "/dev/ttyS0"));
  EXPECT_EQ(find(plan.at("devices"), "/dev/ttyS0")->at("access"), "ro");
  EXPECT_EQ(shown.at("exits").at(0).at("cause"), "timed_out");
  EXPECT_EQ(shown.at("exits").at(0).at("invocations").at(0), "i1");
}

TEST(FunctionView, TellsTheNamesOfVariablesAndNeverTheirValues) {
  const std::string text = to_json(example_function());
  EXPECT_NE(text.find("PASSWORD"), std::string::npos);
  EXPECT_EQ(text.find("sesame"), std::string::npos);
}

TEST(FunctionView, SaysWhyAFunctionCannotBeStarted) {
  FunctionView view = example_function();
  view.plan = Error(Code::not_found, "no python2.7");
  const boost::json::value shown = boost::json::parse(to_json(view));
  EXPECT_TRUE(shown.at("plan").is_null());
  EXPECT_EQ(shown.at("why_not"), "no python2.7");
}

}  // namespace
}  // namespace fescue
