// Each request of the owner's, good and bad, without a socket.
#include "core/admin/admin_routes.h"

#include <filesystem>
#include <fstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/admin/log_files.h"
#include "tests/fakes/temp_directory.h"
#include "tests/fakes/test_exchange.h"
#include "tests/fakes/test_ports.h"

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const FunctionArn kEcho = FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), "Echo", "3");

class View final : public AdminView {
 public:
  std::string status_json() const override { return R"({"version":"9.9"})"; }
  std::string metrics_text() const override { return "fescue_core_info{version=\"9.9\"} 1\n"; }
  Explanation explain(const Endpoint& source, const Topic& topic) const override {
    return fescue::explain(table_, source, topic, {});
  }
  std::vector<FunctionArn> deployed() const override { return {kEcho}; }
  std::optional<FunctionView> function(const FunctionArn&) const override { return std::nullopt; }
  bool starting() const override { return is_starting; }

  bool is_starting = false;

 private:
  RoutingTable table_{{{"row", Endpoint::cloud(), TopicFilter::parse("in/+").value(), Endpoint::function(kEcho)}}};
};

class AdminRoutesTest : public testing::Test {
 protected:
  HttpResponse ask(const std::string& method, const std::string& target) {
    const auto exchange = std::make_shared<TestExchange>(HttpRequest{method, target, {}, ""});
    routes_.handle(exchange);
    EXPECT_TRUE(exchange->answer) << target;
    return exchange->answer.value_or(HttpResponse());
  }
  HttpResponse get(const std::string& target) { return ask("GET", target); }
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::app) << text;
  }

  const TempDirectory own_;
  const std::string root_ = own_.path();
  TestInvoker functions_;
  View view_;
  AdminRoutes routes_{view_, {root_}, functions_};
};

TEST_F(AdminRoutesTest, StatusAndMetrics) {
  EXPECT_EQ(boost::json::parse(get("/v1/status").body).at("version"), "9.9");
  const HttpResponse metrics = get("/v1/metrics");
  EXPECT_THAT(metrics.headers.get("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(metrics.body, HasSubstr("fescue_core_info{version=\"9.9\""));
}

TEST_F(AdminRoutesTest, WhatIsRefusedIsCounted) {
  get("/v1/status");
  EXPECT_EQ(routes_.refused(), 0u);
  get("/nothing");
  ask("PUT", "/v1/status");
  get("/v1/explain");
  ask("POST", "/2015-03-31/functions/Unknown/invocations");
  EXPECT_EQ(routes_.refused(), 4u);
  boost::json::object status{{"ipc", {{"bad_requests", 1}}}};
  routes_.add_status(status);
  EXPECT_EQ(status["ipc"].at("bad_requests"), 1);
  EXPECT_EQ(status["ipc"].at("refused_of_owner"), 4);
}

TEST_F(AdminRoutesTest, ACallToACoreThatIsStartingMayBeRepeated) {
  view_.is_starting = true;
  EXPECT_EQ(ask("POST", "/2015-03-31/functions/Echo/invocations").status, 503u);
  EXPECT_EQ(get("/v1/status").status, 200u);
  EXPECT_EQ(routes_.refused(), 0u);
  EXPECT_TRUE(functions_.invocations.empty());
}

TEST_F(AdminRoutesTest, ExplainTakesNamesAndEscapes) {
  const boost::json::value found = boost::json::parse(get("/v1/explain?from=cloud&topic=in%2Fa").body);
  EXPECT_EQ(found.at("targets").at(0).as_string(), kEcho.str());
  EXPECT_EQ(found.at("rows").at(0).at("subject"), "in/+");
  const boost::json::value none = boost::json::parse(get("/v1/explain?from=Echo&topic=in/a").body);
  EXPECT_EQ(none.at("source").as_string(), kEcho.str());
  EXPECT_TRUE(none.at("targets").as_array().empty());
  EXPECT_EQ(none.at("near_misses").at(0).at("why"), "its source is cloud");
}

TEST_F(AdminRoutesTest, ExplainRefusesWhatItCannotRead) {
  EXPECT_EQ(get("/v1/explain?topic=a").status, 400u);
  EXPECT_EQ(get("/v1/explain?from=cloud").status, 400u);
  EXPECT_EQ(get("/v1/explain?from=cloud&topic=a/%23").status, 400u);
  EXPECT_EQ(get("/v1/explain?from=cloud&topic=%zz").status, 400u);
  const HttpResponse unknown = get("/v1/explain?from=Nobody&topic=a");
  EXPECT_EQ(unknown.status, 404u);
  EXPECT_THAT(unknown.body, HasSubstr("Echo:3"));
}

TEST_F(AdminRoutesTest, LogsGiveTheirEndAndGoOn) {
  write("/ggc/var/log/system/runtime.log", "one\ntwo\nthree\n");
  const HttpResponse end = get("/v1/logs?log=system&lines=2");
  EXPECT_EQ(end.body, "two\nthree\n");
  write("/ggc/var/log/system/runtime.log", "four\n");
  const HttpResponse more = get("/v1/logs?log=system&from=" + std::string(end.headers.get("Fescue-Log-Position")));
  EXPECT_EQ(more.body, "four\n");
}

TEST_F(AdminRoutesTest, LogsOfFunctionsGoByNameOrArn) {
  write("/ggc/var/log/user/us-west-2/123456789012/Echo.log", "hello\n");
  write("/ggc/var/log/user/us-west-2/123456789012/Echo.1.log", "before\n");
  EXPECT_EQ(get("/v1/logs?log=Echo").body, "before\nhello\n");
  EXPECT_EQ(get("/v1/logs?log=" + kEcho.str()).body, "before\nhello\n");
  EXPECT_THAT(list_logs({root_}).value(), ElementsAre("system", "Echo"));
  const HttpResponse unknown = get("/v1/logs?log=../../../../../../etc/passwd");
  EXPECT_EQ(unknown.status, 404u);
  EXPECT_THAT(unknown.body, HasSubstr("system, Echo"));
}

TEST_F(AdminRoutesTest, LogsRefuseWhatTheyCannotRead) {
  EXPECT_EQ(get("/v1/logs").status, 400u);
  EXPECT_EQ(get("/v1/logs?log=system").status, 404u);  // none written yet
  write("/ggc/var/log/system/runtime.log", "one\n");
  for (const char* wrong : {"lines=-1", "lines=x", "lines=10001", "lines=", "from=1", "from=a:b", "from="}) {
    EXPECT_EQ(get("/v1/logs?log=system&" + std::string(wrong)).status, 400u) << wrong;
  }
}

TEST_F(AdminRoutesTest, InvokeAnswersWhenTheFunctionHas) {
  const auto exchange =
      std::make_shared<TestExchange>(HttpRequest{"POST", "/2015-03-31/functions/Echo/invocations", {}, ""});
  routes_.handle(exchange);
  ASSERT_EQ(functions_.invocations.size(), 1u);
  EXPECT_EQ(functions_.invocations[0].target, kEcho);
  EXPECT_FALSE(exchange->answer);
  functions_.done({FunctionError::none, Payload("1")});
  ASSERT_TRUE(exchange->answer);
  EXPECT_EQ(exchange->answer->body, "1");
}

TEST_F(AdminRoutesTest, OtherPathsAndMethodsAreRefused) {
  EXPECT_EQ(get("/").status, 404u);
  EXPECT_EQ(get("/v1/nothing").status, 404u);
  EXPECT_EQ(ask("POST", "/2015-03-31/functions").status, 404u);
  EXPECT_EQ(ask("DELETE", "/v1/status").headers.get("Allow"), "GET");
  EXPECT_EQ(get("/2015-03-31/functions/Echo/invocations").headers.get("Allow"), "POST");
  EXPECT_TRUE(functions_.invocations.empty());
}

}  // namespace
}  // namespace fescue
