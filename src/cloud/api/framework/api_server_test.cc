// One request's way, with operations that the test makes up.
#include "cloud/api/framework/api_server.h"

#include <gmock/gmock.h>

#include "base/bytes.h"
#include "cloud/api/framework/api_test_support.h"
#include "cloud/store/access_key_store.h"

namespace fescue::cloud {
namespace {

Task<ApiResult> echo(ControlPlane&, ApiRequest request) {
  json::array labels(request.labels.begin(), request.labels.end());
  co_return json_response(201, json::object{{"labels", labels}, {"body", request.body}, {"key", request.caller.id}});
}

Task<ApiResult> take_raw(ControlPlane&, ApiRequest request) {
  co_return json_response(200, json::object{{"bytes", request.http.body.size()}});
}

Task<ApiResult> fail(ControlPlane&, ApiRequest request) {
  if (request.labels[0] == "plain") co_return Error(Code::not_found, "no such thing");
  if (request.labels[0] == "io") co_return Error(Code::io, "/srv/cloud/db: disk full");
  co_return ApiError(406, "CertificateStateException", "still active", {{"resourceId", "r"}});
}

Task<ApiResult> make_uuid(ControlPlane&, ApiRequest request) {
  if (request.body.contains("fail")) co_return Error(Code::invalid_argument, "asked to fail");
  co_return json_response(200, json::object{{"Id", request.request_id}});
}

Task<ApiResult> caller(ControlPlane&, ApiRequest request) {
  co_return HttpResponse{200, {}, request.query_or("Action", "")};
}

constexpr Operation kTable[] = {
    {Service::iot, "Echo", "POST", "/things/{thingName}", echo},
    {Service::iot, "Fail", "GET", "/things/{kind}", fail},
    {Service::iot, "Unbuilt", "GET", "/unbuilt", nullptr},
    {Service::iot_data, "Publish", "POST", "/topics/{topic}", take_raw, BodyKind::raw},
    {Service::lambda, "Echo", "POST", "/2015-03-31/functions", echo},
    {Service::lambda, "Fail", "GET", "/2015-03-31/functions/{kind}", fail},
    {Service::greengrass, "CreateGroup", "POST", "/greengrass/groups", make_uuid},
    {Service::greengrass, "CreateGroupVersion", "POST", "/greengrass/groups/{id}/versions", make_uuid},
    {Service::greengrass, "Fail", "GET", "/greengrass/groups/{kind}", fail},
    {Service::secrets_manager, "GetSecretValue", "POST", "", nullptr},
    {Service::sts, "GetCallerIdentity", "POST", "", caller, BodyKind::raw},
    {Service::sts, "AssumeRole", "POST", "", nullptr, BodyKind::raw},
};

class ApiServerTest : public ApiTest {
 protected:
  ApiServerTest() : ApiTest(kTable) {}

  /// Same as call(), but something goes wrong with the signature.
  HttpResponse call_with(const AwsCredentials& credentials, std::string_view scope, std::chrono::seconds skew = {},
                         std::string_view target = "/things/t") {
    HttpRequest made = request("POST", target);
    sign_sigv4(made, credentials, "us-west-2", scope, now_ + skew);
    return send(std::move(made));
  }
};

TEST_F(ApiServerTest, RunsTheOperation) {
  const HttpResponse response = call("iot", "POST", "/things/a%2Fb", R"({"x": 1})");
  EXPECT_EQ(response.status, 201U);
  EXPECT_EQ(json_of(response), json::parse(R"({"labels":["a/b"],"body":{"x":1},"key":")" + key_.id + "\"}"));
  EXPECT_EQ(response.headers.get("x-amzn-requestid").size(), 36U);
}

TEST_F(ApiServerTest, AnEmptyBodyIsAnEmptyObject) {
  EXPECT_EQ(json_of(call("iot", "POST", "/things/t")).at("body"), json::object());
}

TEST_F(ApiServerTest, RefusesRequestsWithoutSignature) {
  const HttpResponse response = send(request("POST", "/things/t"));
  EXPECT_EQ(response.status, 403U);
  EXPECT_EQ(error_of(response), "MissingAuthenticationTokenException");
  EXPECT_TRUE(json_of(response).as_object().contains("message"));
  EXPECT_EQ(error_of(send(request("GET", "/no/such/path"))), "MissingAuthenticationTokenException");
}

TEST_F(ApiServerTest, RefusesWrongSignatures) {
  EXPECT_EQ(error_of(call_with({key_.id, "wrong"}, "iot")), "InvalidSignatureException");
  EXPECT_EQ(error_of(call_with({"AKIANOBODY", key_.secret}, "iot")), "UnrecognizedClientException");
  EXPECT_EQ(error_of(call_with({key_.id, key_.secret}, "iot", std::chrono::seconds(301))), "InvalidSignatureException");
  EXPECT_EQ(error_of(call_with({key_.id, key_.secret}, "iot", std::chrono::seconds(-301))),
            "InvalidSignatureException");
  HttpRequest malformed = request("POST", "/things/t", "", {{"Authorization", "AWS4-HMAC-SHA256 nonsense"}});
  EXPECT_EQ(error_of(send(std::move(malformed))), "IncompleteSignatureException");
  EXPECT_EQ(api_server_.counters().unverified, 5U);
}

TEST_F(ApiServerTest, ASignatureIsCheckedBeforeTheRequestIsJudged) {
  HttpRequest made = request("POST", "/things/t", "not json");
  sign_sigv4(made, {key_.id, "wrong"}, "us-west-2", "iot", now_);
  EXPECT_EQ(error_of(send(std::move(made))), "InvalidSignatureException");
}

TEST_F(ApiServerTest, OldScopesWork) {
  EXPECT_EQ(call("execute-api", "POST", "/things/t").status, 201U);
  EXPECT_EQ(call("iotdata", "POST", "/things/t").status, 201U);
  EXPECT_EQ(call("iot", "POST", "/topics/t", "x").status, 200U);
}

TEST_F(ApiServerTest, RefusesUnknownOperationsAndNamesUnbuiltOnes) {
  EXPECT_EQ(call("iot", "GET", "/nowhere").status, 404U);
  EXPECT_EQ(error_of(call("iot", "GET", "/nowhere")), "UnknownOperationException");
  EXPECT_NE(call("s3", "GET", "/bucket").body.find("<Error><Code>NotImplemented</Code><Message>There is no s3 here"),
            std::string::npos);
  const HttpResponse unbuilt = call("iot", "GET", "/unbuilt");
  EXPECT_EQ(unbuilt.status, 400U);
  EXPECT_EQ(error_of(unbuilt), "NotImplementedException");
  EXPECT_EQ(json_of(unbuilt).at("message"), "iot Unbuilt is not implemented.");
}

TEST_F(ApiServerTest, RefusesBodiesThatAreNotObjects) {
  for (const std::string body :
       {"{", "[]", "1", "{\"a\":1} x", "\xff", "{\"a\":\"\xff\"}", "{\"a\":[{\"b\":1e999}]}", "{\"a\":-1e400}"}) {
    const HttpResponse response = call("iot", "POST", "/things/t", body);
    EXPECT_EQ(response.status, 400U) << body;
    EXPECT_EQ(error_of(response), "SerializationException") << body;
  }
  const std::string deep = "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_EQ(error_of(call("iot", "POST", "/things/t", deep)), "SerializationException");
}

TEST_F(ApiServerTest, BoundsTheBody) {
  EXPECT_EQ(call("iot", "POST", "/topics/t", std::string(1024 * 1024, 'x')).status, 200U);
  const HttpResponse response = call("iot", "POST", "/topics/t", std::string(1024 * 1024 + 1, 'x'));
  EXPECT_EQ(response.status, 413U);
  EXPECT_EQ(error_of(response), "RequestEntityTooLargeException");
  EXPECT_THAT(response.body, testing::HasSubstr("Request must be smaller than "));
}

TEST_F(ApiServerTest, AHeadIsJudgedBeforeItsBodyHasCome) {
  HttpRequest head = request("POST", "/2015-03-31/functions");
  HeadVerdict verdict = api_server_.judge(head, {});
  ASSERT_TRUE(verdict.refusal);
  EXPECT_EQ(verdict.refusal->status, 403U);
  EXPECT_EQ(error_of(*verdict.refusal), "MissingAuthenticationTokenException");
  EXPECT_EQ(verdict.refusal->headers.get("x-amzn-RequestId").size(), 36U);

  sign_sigv4(head, {key_.id, "not the secret"}, "us-west-2", "lambda", now_);
  verdict = api_server_.judge(head, {});
  EXPECT_FALSE(verdict.refusal) << "only the whole request shows it";
  EXPECT_EQ(verdict.max_body_bytes, max_body_bytes(Service::lambda, nullptr));

  HttpRequest stranger = request("POST", "/things/t");
  sign_sigv4(stranger, {"AKIANOBODY", key_.secret}, "us-west-2", "iot", now_);
  EXPECT_EQ(error_of(*api_server_.judge(stranger, {}).refusal), "UnrecognizedClientException");
  EXPECT_EQ(api_server_.counters().unverified, 2U);
}

TEST(BodyLimits, PackagesAreLargeAndAllElseIsSmall) {
  const Operation create{Service::lambda, "CreateFunction", "POST", "/f", nullptr};
  const Operation list{Service::lambda, "ListFunctions", "GET", "/f", nullptr};
  EXPECT_EQ(max_body_bytes(Service::lambda, &create), kMaxRequestBytes);
  EXPECT_EQ(max_body_bytes(Service::lambda, &list), 8U * 1024 * 1024);
  EXPECT_EQ(max_body_bytes(Service::lambda, nullptr), 8U * 1024 * 1024);
  EXPECT_EQ(max_body_bytes(Service::iot, nullptr), 1024U * 1024);
}

TEST_F(ApiServerTest, WhatTheServerRefusesIsInTheServicesForm) {
  HttpRequest head = request("POST", "/2015-03-31/functions");
  const HttpResponse busy = api_server_.write_refusal(head, {}, 503, "no room");
  EXPECT_EQ(busy.status, 503U);
  EXPECT_EQ(error_of(busy), "ServiceUnavailableException");
  EXPECT_EQ(busy.headers.get("Retry-After"), "1");
  EXPECT_EQ(error_of(api_server_.write_refusal(head, {}, 413, "too large")), "RequestEntityTooLargeException");
  const HttpResponse form = api_server_.write_refusal(request("POST", "/"), {}, 503, "no room");
  EXPECT_NE(form.body.find("<Code>ServiceUnavailable</Code>"), std::string::npos) << form.body;
}

TEST_F(ApiServerTest, AnAnswerWithoutRoomIsRefusedInTheServicesForm) {
  HttpRequest made = request("POST", "/things/plain", "{}");
  sign_sigv4(made, {key_.id, key_.secret}, "us-west-2", "iot", now_);
  std::size_t asked = 0;
  const auto none = [&asked](std::size_t bytes) { return asked = bytes, false; };
  const HttpResponse busy = run_task(io_, api_server_.answer(made, {"test", "uid 0", {}, none}));
  EXPECT_EQ(busy.status, 503U);
  EXPECT_EQ(error_of(busy), "ServiceUnavailableException");
  EXPECT_EQ(busy.headers.get("Retry-After"), "1");
  EXPECT_GT(asked, 0U);
}

TEST_F(ApiServerTest, ASignatureIsGoodForOneSender) {
  HttpRequest made = request("POST", "/things/t", "{}");
  sign_sigv4(made, {key_.id, key_.secret}, "us-west-2", "iot", now_);
  EXPECT_EQ(send(made).status, 201U);
  EXPECT_EQ(error_of(send(made, "uid 998")), "InvalidSignatureException");
  EXPECT_EQ(api_server_.counters().replayed, 1U);
  HttpRequest read = request("GET", "/things/plain");
  sign_sigv4(read, {key_.id, key_.secret}, "us-west-2", "iot", now_);
  EXPECT_EQ(send(read).status, 404U);
  EXPECT_EQ(send(read, "uid 998").status, 404U) << "reading twice changes nothing";
  HttpRequest query = request("GET", "/?Action=AssumeRole&Version=2011-06-15");
  sign_sigv4(query, {key_.id, key_.secret}, "us-west-2", "sts", now_);
  EXPECT_NE(send(query).status, 403U);
  EXPECT_EQ(send(query, "uid 998").status, 403U) << "what changes something may come by GET, too";
}

TEST_F(ApiServerTest, AnotherRegionIsRefused) {
  HttpRequest made = request("POST", "/things/t");
  sign_sigv4(made, {key_.id, key_.secret}, "eu-west-1", "iot", now_);
  EXPECT_EQ(error_of(send(std::move(made))), "InvalidSignatureException");
}

TEST_F(ApiServerTest, LargeBodiesAreCheckedOnThePool) {
  const std::string body = "{\"zip\":\"" + std::string(2 * 1024 * 1024, 'x') + "\"}";
  const HttpResponse response = call("lambda", "POST", "/2015-03-31/functions", body);
  EXPECT_EQ(response.status, 201U);
  EXPECT_EQ(json_of(response).at("body").at("zip").as_string().size(), 2U * 1024 * 1024);
}

TEST_F(ApiServerTest, ErrorsTakeTheFormOfTheService) {
  const HttpResponse iot = call("iot", "GET", "/things/plain");
  EXPECT_EQ(iot.status, 404U);
  EXPECT_EQ(error_of(iot), "ResourceNotFoundException");
  EXPECT_EQ(json_of(iot), json::parse(R"({"message":"no such thing"})"));

  const HttpResponse lambda = call("lambda", "GET", "/2015-03-31/functions/plain");
  EXPECT_EQ(json_of(lambda), json::parse(R"({"Type":"User","Message":"no such thing"})"));

  const HttpResponse greengrass = call("greengrass", "GET", "/greengrass/groups/plain");
  EXPECT_EQ(greengrass.status, 404U);
  EXPECT_EQ(error_of(greengrass), "IdNotFoundException");
  EXPECT_EQ(json_of(greengrass), json::parse(R"({"Message":"no such thing"})"));

  const HttpResponse named = call("iot", "GET", "/things/named");
  EXPECT_EQ(named.status, 406U);
  EXPECT_EQ(json_of(named), json::parse(R"({"resourceId":"r","message":"still active"})"));

  const HttpResponse broken = call("lambda", "GET", "/2015-03-31/functions/io");
  EXPECT_EQ(broken.status, 500U);
  EXPECT_EQ(json_of(broken).at("Message"), "FILE: disk full") << "the log has the path";

  const HttpResponse secret =
      call("secretsmanager", "POST", "/", "{}", {{"X-Amz-Target", "secretsmanager.GetSecretValue"}});
  EXPECT_EQ(json_of(secret).at("__type"), "NotImplementedException");
  EXPECT_EQ(secret.headers.get("content-type"), "application/x-amz-json-1.1");
}

TEST_F(ApiServerTest, StsSpeaksXml) {
  EXPECT_EQ(call("sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15").body, "GetCallerIdentity");
  const HttpResponse unbuilt = call("sts", "POST", "/", "Action=AssumeRole");
  EXPECT_EQ(unbuilt.status, 400U);
  EXPECT_EQ(unbuilt.headers.get("content-type"), "text/xml");
  EXPECT_NE(unbuilt.body.find("<Code>NotImplementedException</Code>"), std::string::npos);
  EXPECT_NE(unbuilt.body.find("<RequestId>" + std::string(unbuilt.headers.get("x-amzn-requestid")) + "</RequestId>"),
            std::string::npos);
  const HttpResponse unsigned_one = send(request("POST", "/", "Action=GetCallerIdentity"));
  EXPECT_NE(unsigned_one.body.find("<Code>MissingAuthenticationToken</Code>"), std::string::npos);
  EXPECT_NE(call_with({key_.id, "wrong"}, "sts", {}, "/").body.find("<Code>SignatureDoesNotMatch</Code>"),
            std::string::npos);
  EXPECT_NE(call("sts", "POST", "/", "Action=%3Cb%3E").body.find("&lt;b&gt;"), std::string::npos);
}

TEST_F(ApiServerTest, CountsByOperation) {
  call("iot", "POST", "/things/t");
  call("iot", "GET", "/things/plain");
  call("iot", "GET", "/things/io");
  call("iot", "GET", "/nowhere");
  const ApiCounters& counters = api_server_.counters();
  EXPECT_EQ(counters.requests, 4U);
  EXPECT_EQ(counters.unknown_operations, 1U);
  EXPECT_EQ(counters.operations.at(&kTable[0]).succeeded, 1U);
  EXPECT_EQ(counters.operations.at(&kTable[1]).refused, 1U);
  EXPECT_EQ(counters.operations.at(&kTable[1]).failed, 1U);
  EXPECT_EQ(counters.errors.at("UnknownOperationException"), 1U);
  EXPECT_EQ(counters.errors.at("InternalFailureException"), 1U);
}

class ClientToken : public ApiServerTest {
 protected:
  HttpResponse create(std::string_view token, std::string_view body, std::string_view target = "/greengrass/groups") {
    return call("greengrass", "POST", target, body, {{"X-Amzn-Client-Token", std::string(token)}});
  }
};

TEST_F(ClientToken, ReplaysTheAnswer) {
  const HttpResponse first = create("t1", R"({"Name":"a","tags":{"x":"1","y":"2"}})");
  const HttpResponse again = create("t1", R"({"tags": {"y": "2", "x": "1"}, "Name": "a"})");
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(first.body, again.body);
  EXPECT_NE(create("t2", R"({"Name":"a"})").body, first.body);
}

TEST_F(ClientToken, IsForOneBodyAndOnePath) {
  create("t1", R"({"Name":"a"})");
  const HttpResponse other = create("t1", R"({"Name":"b"})");
  EXPECT_EQ(other.status, 400U);
  EXPECT_EQ(error_of(other), "BadRequestException");
  EXPECT_EQ(create("t1", "{}", "/greengrass/groups/g1/versions").status, 200U);  // another operation
  EXPECT_EQ(create("t1", "{}", "/greengrass/groups/g2/versions").status, 400U);
}

TEST_F(ClientToken, IsFreeAgainAfterAFailureAndAfterADay) {
  EXPECT_EQ(create("t1", R"({"fail":1})").status, 400U);
  EXPECT_EQ(create("t1", R"({"Name":"a"})").status, 200U);
  now_ += std::chrono::hours(25);
  EXPECT_EQ(create("t1", R"({"Name":"b"})").status, 200U);
}

TEST_F(ClientToken, IsBounded) {
  EXPECT_EQ(create(std::string(64, 't'), "{}").status, 200U);
  EXPECT_EQ(create(std::string(65, 't'), "{}").status, 400U);
  EXPECT_EQ(create("a b", "{}").status, 400U);
}

TEST(AccessKeyStore, TheOwnersKeyIsTheOneThatWasGiven) {
  Database database = migrated_database();
  AccessKeyStore store(database);
  const AccessKey mine = random_access_key();
  EXPECT_EQ(mine.id.size(), 20U);
  EXPECT_EQ(mine.secret.size(), 40U);
  const AccountId account("123456789012");
  const ApiAccessKey key = store.set_owner_key(account, mine, wall_now()).value();
  EXPECT_EQ(key.user_arn, "arn:aws:iam::123456789012:user/local");
  EXPECT_EQ(store.set_owner_key(account, mine, wall_now()).value().user_id, key.user_id);
  EXPECT_EQ(store.find(mine.id).value()->secret, mine.secret);
  EXPECT_FALSE(store.find("AKIA").value());

  database.execute("UPDATE access_key SET secret = 'of another'").value();
  store.set_owner_key(account, mine, wall_now()).value();
  EXPECT_EQ(store.find(mine.id).value()->secret, mine.secret);
  EXPECT_EQ(store.list().value().size(), 1U);
}

}  // namespace
}  // namespace fescue::cloud
