// The Lambda Runtime API with functions that the test plays.
#include "ipc/runtime_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "ipc/ipc_server_test_support.h"
#include "tests/fakes/test_exchange.h"

namespace fescue {
namespace {

constexpr std::string_view kInvocation = "/2018-06-01/runtime/invocation/";

HttpRequest api_request(std::string method, std::string target, std::string body = "") {
  HttpRequest out;
  out.method = std::move(method);
  out.target = std::move(target);
  out.body = std::move(body);
  return out;
}

class RuntimeApiTest : public testing::Test {
 protected:
  std::shared_ptr<TestExchange> handle(HttpRequest request) {
    auto exchange = std::make_shared<TestExchange>(std::move(request));
    api_.handle(exchange);
    return exchange;
  }

  TestGateway gateway_;
  RuntimeApi api_{gateway_, {kWorker, kEcho, std::chrono::seconds(3)}};
};

TEST_F(RuntimeApiTest, NextWaitsForWorkAndTellsAllOfIt) {
  const auto exchange = handle(api_request("GET", std::string(kInvocation) + "next"));
  ASSERT_TRUE(gateway_.waiting);
  EXPECT_FALSE(exchange->answer);
  const long long before = epoch_milliseconds(wall_now());
  const std::string context = base64_encode("{\"custom\":\n{\"subject\":\"\xc3\xa9\"}}");
  std::exchange(gateway_.waiting, nullptr)({InvocationId("i1"), context, Payload(std::string("{}"))});
  ASSERT_TRUE(exchange->answer);
  const HttpHeaders& headers = exchange->answer->headers;
  EXPECT_EQ(exchange->answer->body, "{}");
  EXPECT_EQ(headers.get("Lambda-Runtime-Aws-Request-Id"), "i1");
  EXPECT_EQ(headers.get("Lambda-Runtime-Invoked-Function-Arn"), kEcho.str());
  EXPECT_EQ(headers.get("Lambda-Runtime-Client-Context"), R"({"custom":{"subject":"\u00e9"}})");
  EXPECT_THAT(std::string(headers.get("Lambda-Runtime-Trace-Id")),
              testing::MatchesRegex("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"));
  const long long deadline = std::stoll(std::string(headers.get("Lambda-Runtime-Deadline-Ms")));
  EXPECT_GE(deadline, before + 3000);
  EXPECT_LE(deadline, epoch_milliseconds(wall_now()) + 3000);
  exchange->unread();
  EXPECT_THAT(gateway_.returned, testing::ElementsAre("i1"));
}

TEST_F(RuntimeApiTest, ARequestThatWentAwayIsForgotten) {
  const auto exchange = handle(api_request("GET", std::string(kInvocation) + "next"));
  exchange->abandoned();
  EXPECT_FALSE(gateway_.waiting);
}

TEST_F(RuntimeApiTest, ResponsesAndErrorsAreOutcomes) {
  EXPECT_EQ(handle(api_request("POST", std::string(kInvocation) + "i1/response", "yes"))->answer->status, 202U);
  EXPECT_EQ(gateway_.last_error, FunctionError::none);
  EXPECT_EQ(gateway_.results.back().second, "yes");
  const std::string error = R"({"errorMessage":"no","errorType":"T"})";
  const auto answered = handle(api_request("POST", std::string(kInvocation) + "i1/error", error));
  EXPECT_EQ(answered->answer->status, 202U);
  EXPECT_EQ(answered->answer->body, R"({"status":"OK"})");
  EXPECT_EQ(gateway_.last_error, FunctionError::handled);
  EXPECT_EQ(gateway_.results.back().second, error);
}

TEST_F(RuntimeApiTest, AnErrorWithoutABodyStillHasAMessage) {
  HttpRequest bare = api_request("POST", std::string(kInvocation) + "i1/error");
  bare.headers.add("Lambda-Runtime-Function-Error-Type", "Extension.Odd");
  handle(std::move(bare));
  EXPECT_THAT(gateway_.results.at(0).second, testing::HasSubstr("Extension.Odd"));
}

TEST_F(RuntimeApiTest, TheInvocationOfSomebodyElseIsRefused) {
  const auto refused = handle(api_request("POST", std::string(kInvocation) + "unknown/response", "x"))->answer;
  EXPECT_EQ(refused->status, 400U);
  EXPECT_THAT(refused->body, testing::HasSubstr(R"("errorType":"InvalidRequestID")"));
}

TEST_F(RuntimeApiTest, AFailedStartIsReportedInWords) {
  for (const auto& [body, text] :
       std::map<std::string, std::string>{{R"({"errorMessage":"no module","errorType":"Import"})", "Import: no module"},
                                          {R"({"errorMessage":5})", "the runtime could not be initialized"},
                                          {"no json", "the runtime could not be initialized"},
                                          {"", "the runtime could not be initialized"}}) {
    EXPECT_EQ(handle(api_request("POST", "/2018-06-01/runtime/init/error", body))->answer->status, 202U);
    EXPECT_EQ(gateway_.initialized.back(), text);
  }
}

TEST_F(RuntimeApiTest, EverythingElseIsRefused) {
  const std::vector<std::tuple<const char*, const char*, unsigned>> cases = {
      {"GET", "/", 404},
      {"GET", "/2018-06-01/runtime/", 404},
      {"GET", "/2016-11-01/functions/x", 404},
      {"POST", "/2018-06-01/runtime/invocation/next", 405},
      {"GET", "/2018-06-01/runtime/invocation/i1/response", 405},
      {"GET", "/2018-06-01/runtime/init/error", 405},
      {"POST", "/2018-06-01/runtime/invocation/i1", 404},
      {"POST", "/2018-06-01/runtime/invocation/i1/else", 404},
      {"POST", "/2018-06-01/runtime/invocation//response", 400},
      {"POST", "/2018-06-01/runtime/invocation/%41/response", 400},
  };
  for (const auto& [method, target, status] : cases) {
    const auto answer = handle(api_request(method, target))->answer;
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, status) << method << " " << target;
  }
}

TEST(ContextHeader, IsJsonOnOneLineOfAscii) {
  EXPECT_EQ(context_header(base64_encode("{\"a\":\r\n\"\xf0\x9f\x98\x80\"}")), R"({"a":"\ud83d\ude00"})");
  EXPECT_EQ(context_header(base64_encode("{\"a\x7f\":1}")), R"({"a\u007f":1})");
  EXPECT_EQ(context_header(""), "");
  for (const char* text : {"no json", "[1]", "{\"a\":\"\xff\"}"}) EXPECT_EQ(context_header(base64_encode(text)), "");
  EXPECT_EQ(context_header("no base64!"), "");
}

}  // namespace
}  // namespace fescue
