// The JSON and the metrics of a busy and of an empty core.
#include "core/admin/core_status.h"

#include <set>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics_text.h"

namespace fescue {
namespace {

using testing::HasSubstr;

const FunctionArn kEcho = FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Echo", "3");

CoreStatus example() {
  CoreStatus status;
  status.version = "1.2.3";
  status.root = "/core";
  status.thing = ThingArn::make(Region("us-west-2"), AccountId("123456789012"), ThingName("door"));
  status.pid = 4711;
  status.started = from_epoch_milliseconds(1'000'000);
  status.memory = {.rss_kb = 100, .pss_kb = 50};
  auto group = std::make_shared<Group>();
  group->id = GroupId("g");
  group->version = "v";
  status.group = group;
  status.deployment = DeploymentId("d");
  status.functions = {{.arn = kEcho,
                       .pinned = true,
                       .state = FunctionState::waiting_to_restart,
                       .waiting = 2,
                       .workers = 1,
                       .restarts = 5,
                       .failures = 1,
                       .last_failure = "exit status 1"}};
  status.workers = {{.status = {WorkerId("w"), kEcho, WorkerState::working, 99}, .memory = {.rss_kb = 7, .pss_kb = {}}},
                    {.status = {WorkerId(), kEcho, WorkerState::not_started, 0}, .memory = {}}};
  status.messages.no_route = 8;
  status.link.messages_waiting = 6;
  status.warnings = {"beware"};
  return status;
}

const WallTime kNow = from_epoch_milliseconds(1'090'500);

TEST(CoreStatus, JsonHasWhatRuns) {
  const boost::json::value json = boost::json::parse(to_json(example(), kNow));
  EXPECT_EQ(json.at("version"), "1.2.3");
  EXPECT_EQ(json.at("core").at("thing"), "door");
  EXPECT_EQ(json.at("core").at("uptime_seconds"), 90);
  EXPECT_EQ(json.at("core").at("memory").at("rss_kb"), 100);
  EXPECT_EQ(json.at("group").at("deployment"), "d");
  const auto& function = json.at("functions").at(0);
  EXPECT_EQ(function.at("name"), "Echo");
  EXPECT_EQ(function.at("version"), "3");
  EXPECT_EQ(function.at("state"), "waiting_to_restart");
  EXPECT_EQ(function.at("waiting"), 2);
  EXPECT_EQ(function.at("last_failure"), "exit status 1");
  ASSERT_EQ(function.at("workers").as_array().size(), 1u);
  EXPECT_EQ(function.at("workers").at(0).at("pid"), 99);
  EXPECT_EQ(function.at("workers").at(0).at("state"), "Working");
  EXPECT_EQ(function.at("workers").at(0).at("memory").at("rss_kb"), 7);
  EXPECT_TRUE(function.at("workers").at(0).at("memory").at("pss_kb").is_null());
  EXPECT_EQ(json.at("messages").at("no_route"), 8);
  EXPECT_EQ(json.at("link").at("messages_waiting"), 6);
  EXPECT_EQ(json.at("warnings").at(0), "beware");
}

TEST(CoreStatus, AnEmptyCoreIsDescribedToo) {
  const boost::json::value json = boost::json::parse(to_json(CoreStatus(), kNow));
  EXPECT_TRUE(json.at("group").is_null());
  EXPECT_TRUE(json.at("functions").as_array().empty());
  EXPECT_FALSE(to_prometheus(CoreStatus(), kNow).empty());
}

TEST(CoreStatus, MetricsAreInPrometheusForm) {
  const std::string text = to_prometheus(example(), kNow);
  EXPECT_THAT(text, HasSubstr("# TYPE fescue_messages_dropped_total counter\n"
                              "fescue_messages_dropped_total{cause=\"no_route\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("\nfescue_function_waiting{function=\"" + kEcho.str() + "\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\nfescue_uptime_seconds 90\n"));
  EXPECT_THAT(text, HasSubstr("\nfescue_core_info{version=\"1.2.3\",thing=\"door\",group_version=\"v\"} 1\n"));
  std::istringstream lines(text);
  std::set<std::string> described;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    EXPECT_TRUE(described.insert(line).second) << line << " comes twice";
  }
}

TEST(MetricsText, LabelsAreEscaped) {
  MetricsText out;
  out.gauge("a", "help", 1, {{"l", "quote\" slash\\ line\nend"}});
  EXPECT_EQ(out.take(), "# HELP a help\n# TYPE a gauge\na{l=\"quote\\\" slash\\\\ line\\nend\"} 1\n");
}

}  // namespace
}  // namespace fescue
