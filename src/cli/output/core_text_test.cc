// Text of given answers, strange and incomplete ones among them.
#include "cli/output/core_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatusText, ShowsFunctionsInATable) {
  const auto status = boost::json::parse(R"({
    "version": "1.2.3",
    "core": {"thing": "door", "pid": 7, "user": "fescue", "uptime_seconds": 125, "memory": {"rss_kb": 9000, "pss_kb": 2048}},
    "group": {"id": "g", "version": "v", "deployment": "d", "subscriptions": 3},
    "link": {"control_plane": "host:8883", "connected": false, "last_failure": "no route to host",
             "messages_waiting": 4, "bytes_waiting": 4096},
    "functions": [
      {"name": "Echo", "version": "3", "pinned": true, "deployed": true, "state": "waiting_to_restart", "waiting": 12,
       "restarts": 2, "failures": 1, "last_failure": "exit status 1", "workers": []},
      {"name": "Sum", "version": "1", "pinned": false, "deployed": true, "state": "running", "waiting": 0,
       "restarts": 0, "failures": 0, "workers": [{"pid": 11, "memory": {"rss_kb": 1024, "pss_kb": null}},
                                                 {"pid": 12, "memory": {"rss_kb": 1024, "pss_kb": 512}}]}],
    "messages": {"published": 5, "delivered": 4, "no_route": 1},
    "warnings": ["beware"]})");
  const std::string text = status_text(status);
  EXPECT_THAT(text, HasSubstr("core door: Fescue 1.2.3, up 2 min, pid 7 as fescue, 2.0 MB\n"));
  EXPECT_THAT(text, HasSubstr("group g: version v, deployment d, 3 subscriptions\n"));
  EXPECT_THAT(text, HasSubstr("control plane host:8883: not connected: no route to host; 4 messages wait (4 KB)"));
  EXPECT_THAT(
      text,
      HasSubstr("FUNCTION  VERSION  KIND        STATE               WORKERS  WAITING  RESTARTS  MEMORY  PIDS\n"
                "Echo            3  long-lived  waiting to restart        0       12         2  -\n"
                "Sum             1  on-demand   running                   2        0         0  1.5 MB  11 12\n"));
  EXPECT_THAT(text, HasSubstr("Echo:3 failed 1 times in a row, last: exit status 1\n"));
  EXPECT_THAT(text, HasSubstr("5 came in, 4 deliveries, 1 without a route"));
  EXPECT_THAT(text, HasSubstr("warning: beware\n"));
}

TEST(StatusText, HasALineForDevicesWhereThereAreSome) {
  const auto with = [](const std::string& devices) {
    return status_text(boost::json::parse("{\"devices\":" + devices + "}"));
  };
  EXPECT_THAT(with(R"({"configured":3,"connected":2,"address":"10.0.0.4:8883","not_served":""})"),
              HasSubstr("devices: 2 of 3 connected, at 10.0.0.4:8883\n"));
  EXPECT_THAT(with(R"({"configured":3,"connected":0,"address":"","not_served":"port 8883 is taken"})"),
              HasSubstr("devices: 0 of 3 connected, not served: port 8883 is taken\n"));
  EXPECT_THAT(with(R"({"configured":0})"), Not(HasSubstr("devices")));
}

TEST(StatusText, TellsWhatIsBeingRestoredAndForgesNoLines) {
  EXPECT_THAT(status_text(boost::json::parse(R"({"restoring":true})")), HasSubstr("group: being restored\n"));
  const std::string text = status_text(boost::json::parse(R"({
    "restoring": true, "group": {"id": "g", "version": "v", "deployment": "d", "subscriptions": 3},
    "functions": [
      {"name": "Echo", "version": "3", "deployed": true, "pinned": true, "state": "waiting_to_restart", "failures": 1,
       "last_failure": "x\nwarning: forged", "workers": []}],
    "warnings": ["one\nwarning: forged"]})"));
  EXPECT_THAT(text, HasSubstr("3 subscriptions; being restored\n"));
  EXPECT_THAT(text, HasSubstr("long-lived  being restored"));
  EXPECT_THAT(text, Not(HasSubstr("\nwarning: forged")));
}

TEST(StatusText, BearsWhatIsMissingOrStrange) {
  for (const char* document : {"{}", "[]", "null", R"({"group":null,"functions":7,"warnings":[1]})",
                               R"({"functions":[{}],"core":{"pid":-1},"link":{"connected":"yes"}})"}) {
    EXPECT_THAT(status_text(boost::json::parse(document)), HasSubstr("core ")) << document;
  }
}

TEST(ExplanationText, NamesTargetsAndRows) {
  const std::string text = explanation_text(boost::json::parse(R"({
    "source": "cloud", "topic": "in", "targets": ["f"], "dropped": 0, "near_misses": [], "other_drops": [],
    "rows": [{"source": "cloud", "subject": "#", "target": "f"}]})"));
  EXPECT_EQ(text, "A message from cloud on in goes to:\n  f\nby these subscriptions:\n  cloud -> # -> f\n");
}

TEST(ExplanationText, SaysWhyNowhere) {
  const std::string text = explanation_text(boost::json::parse(R"({
    "source": "f", "topic": "in", "targets": [], "rows": [], "dropped": 4,
    "near_misses": [{"row": {"source": "f", "subject": "out", "target": "cloud"}, "why": "another topic"}],
    "other_drops": [{"topic": "x", "count": 2}]})"));
  EXPECT_THAT(text, HasSubstr("goes nowhere"));
  EXPECT_THAT(text, HasSubstr("  f -> out -> cloud\n    another topic\n"));
  EXPECT_THAT(text, HasSubstr("Dropped 4 times"));
  EXPECT_THAT(text, HasSubstr("  2 x\n"));
  EXPECT_THAT(text, Not(HasSubstr("goes to")));
}

}  // namespace
}  // namespace fescue::cli
