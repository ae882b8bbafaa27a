// The Lambda Runtime API with functions that the test plays.
#include "ipc/runtime_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/fakes/test_exchange.h"

namespace fescue {
namespace {

const FunctionArn kEcho = FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Echo:3").value();
const WorkerId kWorker("11111111-1111-4111-8111-111111111111");
constexpr std::string_view kInvocation = "/2018-06-01/runtime/invocation/";

HttpRequest api_request(std::string method, std::string target, std::string body = "") {
  HttpRequest out;
  out.method = std::move(method);
  out.target = std::move(target);
  out.body = std::move(body);
  return out;
}

class RuntimeApiGateway final : public WorkerGateway {
 public:
  std::optional<WorkerIdentity> authenticate(std::string_view) const override { return std::nullopt; }
  void next_work(const WorkerId& worker, WorkHandler handler) override {
    EXPECT_EQ(worker, kWorker);
    waiting = std::move(handler);
  }
  void forget_request(const WorkerId&) override { waiting = nullptr; }
  void return_work(const WorkerId&, const InvocationId& id) override { returned = id.str(); }
  Result<void> post_result(const WorkerId&, const InvocationId& id, InvocationResult result) override {
    if (id == InvocationId("other")) return Error(Code::not_found, "not this worker's");
    last = std::move(result);
    return ok();
  }
  void post_initialized(const WorkerId&, std::optional<std::string> reason) override { failure = std::move(reason); }
  void note_call(const WorkerId&) override {}
  std::vector<WorkerStatus> workers() const override { return {}; }
  bool is_deployed(const FunctionArn&) const override { return false; }

  WorkHandler waiting;
  std::string returned;
  std::optional<InvocationResult> last;
  std::optional<std::string> failure;
};

class RuntimeApiTest : public testing::Test {
 protected:
  std::shared_ptr<TestExchange> handle(HttpRequest request) {
    auto exchange = std::make_shared<TestExchange>(std::move(request));
    api_.handle(exchange);
    return exchange;
  }

  RuntimeApiGateway gateway_;
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
  EXPECT_EQ(gateway_.returned, "i1");
}

TEST_F(RuntimeApiTest, ARequestThatWentAwayIsForgotten) {
  const auto exchange = handle(api_request("GET", std::string(kInvocation) + "next"));
  exchange->abandoned();
  EXPECT_FALSE(gateway_.waiting);
}

TEST_F(RuntimeApiTest, ResponsesAndErrorsAreOutcomes) {
  EXPECT_EQ(handle(api_request("POST", std::string(kInvocation) + "i1/response", "yes"))->answer->status, 202U);
  EXPECT_EQ(gateway_.last->error, FunctionError::none);
  EXPECT_EQ(gateway_.last->payload.view(), "yes");
  const std::string error = R"({"errorMessage":"no","errorType":"T"})";
  const auto answered = handle(api_request("POST", std::string(kInvocation) + "i1/error", error));
  EXPECT_EQ(answered->answer->status, 202U);
  EXPECT_EQ(answered->answer->body, R"({"status":"OK"})");
  EXPECT_EQ(gateway_.last->error, FunctionError::handled);
  EXPECT_EQ(gateway_.last->payload.view(), error);
}

TEST_F(RuntimeApiTest, AnErrorWithoutABodyStillHasAMessage) {
  HttpRequest bare = api_request("POST", std::string(kInvocation) + "i1/error");
  bare.headers.add("Lambda-Runtime-Function-Error-Type", "Extension.Odd");
  handle(std::move(bare));
  EXPECT_THAT(gateway_.last->payload.view(), testing::HasSubstr("Extension.Odd"));
}

TEST_F(RuntimeApiTest, TheInvocationOfSomebodyElseIsRefused) {
  const auto refused = handle(api_request("POST", std::string(kInvocation) + "other/response", "x"))->answer;
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
    EXPECT_EQ(gateway_.failure, text);
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
