// Two groups, and what differs.
#include "engine/deployment/describe_changes.h"

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

TEST(DescribeChanges, TheFirstDeploymentAddsEverything) {
  EXPECT_EQ(describe_changes(nullptr, group({function("Echo", "3"), function("Other", "1")}, {row("1", "a")})),
            "2 added (Echo:3, Other:1); subscriptions changed");
}

TEST(DescribeChanges, TheSameGroupChangesNothing) {
  const Group same = group({function("Echo", "3"), function("Other", "1")}, {row("1", "a")});
  EXPECT_EQ(describe_changes(&same, same), "nothing changes");
}

TEST(DescribeChanges, ANewVersionReplacesTheOld) {
  const Group before = group({function("Echo", "3")});
  EXPECT_EQ(describe_changes(&before, group({function("Echo", "4", "h2")})), "changed Echo:3 to Echo:4: version, code");
}

TEST(DescribeChanges, TwoVersionsOfOneFunctionStayApart) {
  const Group before = group({function("Echo", "3"), function("Echo", "4")});
  EXPECT_EQ(describe_changes(&before, group({function("Echo", "4"), function("Echo", "5")})),
            "changed Echo:3 to Echo:5: version; 1 unchanged");
}

TEST(DescribeChanges, NamesWhatChangedButNeverValues) {
  const Group before = group({function("Echo", "3")});
  Group after = before;
  after.functions[0].memory_kb = 1;
  after.functions[0].pinned = true;
  after.functions[0].environment = {{"PASSWORD", "hidden"}};
  EXPECT_EQ(describe_changes(&before, after), "changed Echo:3: lifecycle, memory, environment");
}

TEST(DescribeChanges, EveryMemberOfAFunctionCounts) {
  const FunctionConfig base = function("Echo", "3");
  std::vector<std::pair<std::string, FunctionConfig>> variants({{"code", base},
                                                                {"runtime", base},
                                                                {"handler", base},
                                                                {"arguments", base},
                                                                {"timeout", base},
                                                                {"timeout", base},
                                                                {"encoding", base},
                                                                {"isolation", base},
                                                                {"isolation", base},
                                                                {"user", base},
                                                                {"resources", base}});
  variants[0].second.artifact = ArtifactHash("h2");
  variants[1].second.runtime = "nodejs12.x";
  variants[2].second.handler = "g";
  variants[3].second.exec_args = "x";
  variants[4].second.timeout = std::chrono::seconds(9);
  variants[5].second.init_timeout = std::chrono::seconds(9);
  variants[6].second.encoding = Encoding::binary;
  variants[7].second.access_sysfs = true;
  variants[8].second.isolation = Isolation::none;
  variants[9].second.run_as.uid = 7;
  variants[10].second.resources.emplace_back();
  const Group before = group({base});
  for (const auto& [what, variant] : variants) {
    EXPECT_EQ(describe_changes(&before, group({variant})), "changed Echo:3: " + what);
  }
}

TEST(DescribeChanges, WhatIsGoneIsNamed) {
  const Group before = group({function("Echo", "3"), function("Gone", "1")});
  EXPECT_EQ(describe_changes(&before, group({function("Echo", "3")})), "1 removed (Gone:1); 1 unchanged");
}

TEST(DescribeChanges, RowsCountWithoutTheirOrderAndIds) {
  const Group before = group({}, {row("1", "a"), row("2", "b")});
  EXPECT_EQ(describe_changes(&before, group({}, {row("9", "b"), row("8", "a")})), "nothing changes");
  EXPECT_EQ(describe_changes(&before, group({}, {row("1", "a")})), "subscriptions changed");
}

TEST(DescribeChanges, LoggersCount) {
  const Group before = group({});
  Group after = before;
  after.loggers.push_back({});
  EXPECT_EQ(describe_changes(&before, after), "loggers changed");
  EXPECT_EQ(describe_changes(nullptr, after), "loggers changed");
  after.system_functions.push_back({FunctionArn::parse("arn:aws:lambda:::function:GGTES").value(), {}});
  EXPECT_EQ(describe_changes(&before, after), "loggers changed; system functions changed");
}

}  // namespace
}  // namespace fescue
