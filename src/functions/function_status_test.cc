// What the functions contribute to status and metrics.
#include "functions/function_status.h"

#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

const FunctionArn kEcho = FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Echo", "3");

std::vector<FunctionReport> functions() {
  return {{.arn = kEcho,
           .pinned = true,
           .state = FunctionState::waiting_to_restart,
           .waiting = 2,
           .workers = 1,
           .restarts = 5,
           .failures = 1,
           .last_failure = "exit status 1"}};
}

TEST(FunctionStatus, JsonHasFunctionsAndTheirLivingWorkers) {
  const std::vector<WorkerView> workers = {
      {.status = {WorkerId("w"), kEcho, WorkerState::working, 99}, .memory = {.rss_kb = 7, .pss_kb = {}}},
      {.status = {WorkerId(), kEcho, WorkerState::not_started, 0}, .memory = {}}};
  const boost::json::array json = functions_json(functions(), workers);
  const boost::json::value& function = json.at(0);
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
}

TEST(FunctionStatus, MetricsDescribeEachNameOnce) {
  std::vector<FunctionReport> two = functions();
  two.push_back(two[0]);
  two[1].arn = kEcho.with_qualifier("4");
  MetricsText out;
  add_function_metrics(out, {}, two);
  const std::string text = out.take();
  EXPECT_THAT(text, HasSubstr("\nfescue_function_waiting{function=\"" + kEcho.str() + "\"} 2\n"));
  std::istringstream lines(text);
  std::set<std::string> described;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    EXPECT_TRUE(described.insert(line).second) << line << " comes twice";
  }
}

}  // namespace
}  // namespace fescue
