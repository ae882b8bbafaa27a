// The status of a core as JSON and as metrics.
#include "core/admin/core_status.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

CoreStatus example_status() {
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
  return status;
}

const WallTime kNow = from_epoch_milliseconds(1'090'500);

boost::json::object json_of(const CoreStatus& status) {
  boost::json::object out;
  add_status(out, status, kNow);
  return out;
}

TEST(CoreStatus, JsonSaysWhoItIsAndWhichGroupRuns) {
  const boost::json::object json = json_of(example_status());
  EXPECT_EQ(json.at("version"), "1.2.3");
  EXPECT_EQ(json.at("core").at("thing"), "door");
  EXPECT_EQ(json.at("core").at("uptime_seconds"), 90);
  EXPECT_EQ(json.at("core").at("memory").at("rss_kb"), 100);
  EXPECT_EQ(json.at("group").at("deployment"), "d");
}

TEST(CoreStatus, AnEmptyCoreIsDescribedToo) {
  EXPECT_TRUE(json_of(CoreStatus()).at("group").is_null());
  MetricsText out;
  add_metrics(out, CoreStatus(), kNow);
  EXPECT_FALSE(out.take().empty());
}

TEST(CoreStatus, MetricsAreInPrometheusForm) {
  MetricsText out;
  add_metrics(out, example_status(), kNow);
  const std::string text = out.take();
  EXPECT_THAT(text, HasSubstr("\nfescue_uptime_seconds 90\n"));
  EXPECT_THAT(text, HasSubstr("\nfescue_core_info{version=\"1.2.3\",thing=\"door\",group_version=\"v\"} 1\n"));
}

}  // namespace
}  // namespace fescue
