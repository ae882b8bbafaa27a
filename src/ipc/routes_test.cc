// Requests and the calls or refusals that they become.
#include "ipc/routes.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

constexpr std::string_view kArn = "arn:aws:lambda:us-west-2:123456789012:function:Echo:3";

HttpRequest request(std::string method, std::string target,
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
  HttpRequest out;
  out.method = std::move(method);
  out.target = std::move(target);
  for (auto& [name, value] : headers) out.headers.add(name, value);
  return out;
}

std::string function_path(std::string_view arn, std::string_view tail = "") {
  return "/2016-11-01/functions/" + std::string(arn) + std::string(tail);
}

template <class Call>
Call routed(const HttpRequest& from) {
  IpcCall call = route_ipc(from);
  if (const auto* refused = std::get_if<Refused>(&call); refused != nullptr && !std::is_same_v<Call, Refused>) {
    ADD_FAILURE() << from.method << " " << from.target << " refused: " << refused->message;
  }
  return std::holds_alternative<Call>(call) ? std::get<Call>(call) : Call{};
}

unsigned refused_status(const HttpRequest& from) { return routed<Refused>(from).status; }

TEST(Routes, SubmitTakesItsHeaders) {
  const auto call = routed<SubmitCall>(
      request("POST", function_path(kArn), {{"x-amz-invocation-type", "Event"}, {"X-amz-client-context", "e30="}}));
  EXPECT_EQ(call.target.str(), kArn);
  EXPECT_EQ(call.type, InvocationType::event);
  EXPECT_EQ(call.client_context, "e30=");
}

TEST(Routes, SubmitWithoutTypeWaitsForAResult) {
  EXPECT_EQ(routed<SubmitCall>(request("POST", function_path(kArn))).type, InvocationType::request_response);
  const auto named = request("POST", function_path(kArn), {{"X-Amz-Invocation-Type", "RequestResponse"}});
  EXPECT_EQ(routed<SubmitCall>(named).type, InvocationType::request_response);
}

TEST(Routes, EmptyHeadersCountAsAbsent) {
  const auto call = routed<SubmitCall>(
      request("POST", function_path(kArn), {{"X-Amz-Client-Context", ""}, {"X-Amz-Invocation-Type", ""}}));
  EXPECT_EQ(call.client_context, "");
}

TEST(Routes, ArnsMayBeEscapedOrNot) {
  const std::string raw = "arn:aws:lambda:us-west-2:123456789012:function:Echo:$LATEST";
  EXPECT_EQ(routed<NextWorkCall>(request("GET", function_path(raw, "/work"))).function.str(), raw);
  const std::string escaped = "arn%3Aaws%3Alambda%3Aus-west-2%3A123456789012%3Afunction%3AEcho%3A%24LATEST";
  EXPECT_EQ(routed<NextWorkCall>(request("GET", function_path(escaped, "/work"))).function.str(), raw);
}

TEST(Routes, SystemFunctionsLoseTheirQualifier) {
  for (const char* arn : {"arn:aws:lambda:::function:GGRouter", "arn:aws:lambda:::function:GGRouter:1"}) {
    EXPECT_EQ(routed<SubmitCall>(request("POST", function_path(arn))).target, system_function::router) << arn;
  }
  const auto secret = request("POST", function_path("arn:aws:lambda:::function:GGSecretManager:1"));
  EXPECT_EQ(routed<SubmitCall>(secret).target, system_function::secret_manager);
}

TEST(Routes, FetchResultNeedsAnId) {
  const auto good = request("GET", function_path(kArn), {{"X-Amz-InvocationId", "abc-1"}});
  EXPECT_EQ(routed<FetchResultCall>(good).id, InvocationId("abc-1"));
  EXPECT_EQ(refused_status(request("GET", function_path(kArn))), 400u);
  EXPECT_EQ(refused_status(request("GET", function_path(kArn), {{"X-Amz-InvocationId", "a b"}})), 400u);
  EXPECT_EQ(refused_status(request("GET", function_path(kArn), {{"X-Amz-InvocationId", std::string(129, 'a')}})), 400u);
}

TEST(Routes, WorkDoneTellsSuccessFromErrors) {
  const auto done = [](std::string error, std::string next) {
    return request("POST", function_path(kArn, "/work"),
                   {{"X-Amz-InvocationId", "1"}, {"X-Amz-Function-Error", error}, {"Fescue-Next", next}});
  };
  EXPECT_EQ(routed<WorkDoneCall>(done("", "")).error, FunctionError::none);
  EXPECT_EQ(routed<WorkDoneCall>(done("Handled", "")).error, FunctionError::handled);
  EXPECT_EQ(routed<WorkDoneCall>(done("Unhandled", "")).error, FunctionError::unhandled);
  EXPECT_EQ(refused_status(done("Odd", "")), 400u);
  EXPECT_EQ(routed<WorkDoneCall>(done("", "")).then_next, ThenNext::no);
  EXPECT_EQ(routed<WorkDoneCall>(done("", "1")).then_next, ThenNext::yes);
  EXPECT_EQ(refused_status(request("POST", function_path(kArn, "/work"))), 400u);
}

TEST(Routes, InitializedMayAskForAnItem) {
  const auto initialized = [](std::string next) {
    return request("PUT", function_path(kArn, "/initialized"), {{"Fescue-Next", next}});
  };
  EXPECT_EQ(routed<InitializedCall>(initialized("")).then_next, ThenNext::no);
  EXPECT_EQ(routed<InitializedCall>(initialized("1")).then_next, ThenNext::yes);
}

TEST(Routes, FixedPathsWithAndWithoutTrailingSlash) {
  routed<CredentialsCall>(request("GET", "/2016-11-01/credentialprovider/"));
  routed<CredentialsCall>(request("GET", "/2016-11-01/credentialprovider"));
  routed<LegacyLogCall>(request("POST", "/2016-11-01/cloudwatch/logs/"));
  routed<AllWorkersCall>(request("GET", "/2016-11-01/health/workers"));
  routed<SomeWorkersCall>(request("POST", "/2016-11-01/health/workers?x=1"));
  routed<InitializedCall>(request("PUT", function_path(kArn, "/initialized")));
}

TEST(Routes, UnknownPathsAre404) {
  for (const char* path : {"/", "", "/2016-11-01", "/2016-11-01/", "/2016-11-01/functions", "/2016-11-01/nothing",
                           "/2015-03-31/functions/x/invocations"}) {
    EXPECT_EQ(refused_status(request("GET", path)), 404u) << path;
  }
  EXPECT_EQ(refused_status(request("GET", function_path(kArn, "/other"))), 404u);
  EXPECT_EQ(refused_status(request("GET", function_path(kArn, "/work/more"))), 404u);
}

TEST(Routes, WrongMethodsAre405AndNameTheRightOnes) {
  EXPECT_EQ(routed<Refused>(request("PUT", function_path(kArn))).allow, "GET, POST");
  EXPECT_EQ(routed<Refused>(request("POST", function_path(kArn, "/initialized"))).allow, "PUT");
  EXPECT_EQ(refused_status(request("POST", "/2016-11-01/credentialprovider/")), 405u);
  EXPECT_EQ(refused_status(request("DELETE", "/2016-11-01/health/workers")), 405u);
  EXPECT_EQ(refused_status(request("GET", "/2016-11-01/cloudwatch/logs/")), 405u);
}

TEST(Routes, BadArnsAndContextsAre400) {
  EXPECT_EQ(refused_status(request("POST", function_path("Echo"))), 400u);
  EXPECT_EQ(refused_status(request("POST", function_path("arn:aws:s3:::bucket"))), 400u);
  EXPECT_EQ(refused_status(request("POST", function_path("arn%3Aaws%zz"))), 400u);
  EXPECT_EQ(refused_status(request("POST", function_path(kArn), {{"X-Amz-Client-Context", "{}"}})), 400u);
  EXPECT_EQ(refused_status(request("POST", function_path(kArn), {{"X-Amz-Invocation-Type", "DryRun"}})), 400u);
}

}  // namespace
}  // namespace fescue
