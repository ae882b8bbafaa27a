// Keys are made, listed, used within their roles and revoked; sessions go with them.
#include <algorithm>

#include <gtest/gtest.h>

#include "cloud/api/framework/api_test_support.h"

namespace fescue::cloud {
namespace {

class ApiKeys : public ApiTest {
 protected:
  ApiAccessKey make(std::string_view name, std::string_view role) {
    const std::string body = json::serialize(json::object{{"name", name}, {"role", role}});
    const HttpResponse response = call("fescue", "POST", "/_fescue/keys", body);
    EXPECT_EQ(response.status, 201U) << response.body;
    return AccessKeyStore(database_).find(json_of(response).at("id").as_string()).value().value();
  }
  HttpResponse call_as(const ApiAccessKey& key, std::string_view scope, std::string_view method,
                       std::string_view target, std::string_view body = {}) {
    TestHeaders headers;
    if (!key.session_token.empty()) headers.emplace_back("X-Amz-Security-Token", key.session_token);
    HttpRequest made = request(method, target, body, headers);
    sign_sigv4(made, {key.id, key.secret}, "us-west-2", scope, now_);
    return send(std::move(made));
  }
  ApiAccessKey begin_session(const ApiAccessKey& key) {
    return AccessKeyStore(database_)
        .begin_session(key, {"AROA:s", "arn:aws:sts::1:assumed-role/r/s"}, now_ + std::chrono::hours(1), now_)
        .value();
  }
};

TEST_F(ApiKeys, HaveRoles) {
  const ApiAccessKey reader = make("reader", "read-only"), ci = make("ci", "deployer"), admin = make("ops", "admin");
  EXPECT_EQ(call_as(reader, "iot", "GET", "/things").status, 200U);
  const HttpResponse refused = call_as(reader, "iot", "POST", "/things/t", "{}");
  EXPECT_EQ(refused.status, 403U);
  EXPECT_EQ(error_of(refused), "AccessDeniedException");
  EXPECT_NE(refused.body.find("User: arn:aws:iam::123456789012:user/reader is not authorized to perform: "
                              "iot:CreateThing"),
            std::string::npos)
      << refused.body;
  EXPECT_EQ(call_as(reader, "iotdata", "POST", "/topics/t", "x").status, 403U);
  EXPECT_EQ(call_as(ci, "iotdata", "POST", "/topics/t", "x").status, 200U);
  EXPECT_EQ(call_as(ci, "iot", "POST", "/things/t", "{}").status, 403U);
  EXPECT_EQ(call_as(admin, "iot", "POST", "/things/t", "{}").status, 200U);
  EXPECT_EQ(api_server_.counters().denied.at(KeyRole::read_only), 2U);
  EXPECT_EQ(api_server_.counters().denied.at(KeyRole::deployer), 1U);
}

TEST_F(ApiKeys, AreTheAdministratorsToMake) {
  const ApiAccessKey ci = make("ci", "deployer");
  EXPECT_EQ(call_as(ci, "fescue", "POST", "/_fescue/keys", R"({"name":"x","role":"admin"})").status, 403U);
  EXPECT_EQ(call_as(ci, "fescue", "GET", "/_fescue/keys").status, 403U);
}

TEST_F(ApiKeys, AreListedWithoutTheirSecrets) {
  const ApiAccessKey ci = make("ci", "deployer");
  const HttpResponse response = call("fescue", "GET", "/_fescue/keys");
  EXPECT_EQ(response.body.find(ci.secret), std::string::npos);
  const json::value body = json_of(response);
  const json::array& keys = body.at("keys").as_array();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].at("name"), "local");
  EXPECT_EQ(keys[0].at("role"), "admin");
  EXPECT_EQ(keys[1].at("id").as_string(), ci.id);
}

TEST_F(ApiKeys, StopAtOnceWhenTheyAreRevoked) {
  const ApiAccessKey ci = make("ci", "admin");
  const ApiAccessKey session = begin_session(ci);
  EXPECT_EQ(call_as(ci, "iot", "GET", "/things").status, 200U);
  EXPECT_EQ(call_as(session, "iot", "GET", "/things").status, 200U);
  EXPECT_EQ(call("fescue", "DELETE", "/_fescue/keys/" + ci.id).status, 200U);
  EXPECT_EQ(error_of(call_as(ci, "iot", "GET", "/things")), "UnrecognizedClientException");
  EXPECT_EQ(error_of(call_as(session, "iot", "GET", "/things")), "UnrecognizedClientException");
  EXPECT_EQ(call("fescue", "DELETE", "/_fescue/keys/" + ci.id).status, 404U);
}

TEST_F(ApiKeys, AreNamedAndOfAKnownRole) {
  for (const std::string_view body :
       {R"({"role":"admin"})", R"({"name":"","role":"admin"})", R"({"name":"x"})", R"({"name":"x","role":"root"})",
        R"({"name":"a b","role":"admin"})", R"({"name":"local","role":"admin"})"}) {
    EXPECT_EQ(call("fescue", "POST", "/_fescue/keys", body).status, 400U) << body;
  }
}

TEST_F(ApiKeys, OfSessionsNeedTheirTokenAndEnd) {
  ApiAccessKey session = begin_session(make("ci", "deployer"));
  EXPECT_EQ(session.role, KeyRole::deployer);
  EXPECT_EQ(call_as(session, "iotdata", "POST", "/topics/t", "x").status, 200U);
  EXPECT_EQ(call_as(session, "iot", "POST", "/things/t", "{}").status, 403U) << "a session can do what its key can";
  ApiAccessKey forged = session;
  forged.session_token.back() = forged.session_token.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(error_of(call_as(forged, "iot", "GET", "/things")), "UnrecognizedClientException");
  forged.session_token.clear();
  EXPECT_EQ(error_of(call_as(forged, "iot", "GET", "/things")), "UnrecognizedClientException");
  now_ += std::chrono::hours(1);
  EXPECT_EQ(error_of(call_as(session, "iot", "GET", "/things")), "ExpiredTokenException");
}

TEST_F(ApiKeys, AreBounded) {
  AccessKeyStore store(database_);
  for (std::size_t i = 0; i < kMaxAccessKeys; ++i) {
    ASSERT_TRUE(store.create(config_.account, "k", KeyRole::read_only, now_));
  }
  EXPECT_EQ(error_of(call("fescue", "POST", "/_fescue/keys", R"({"name":"x","role":"admin"})")),
            "LimitExceededException");
  const ApiAccessKey last = store.list().value().back();
  for (std::size_t i = 0; i < kMaxSessionsOfKey; ++i) begin_session(last);
  EXPECT_EQ(store.begin_session(last, {"", ""}, now_ + std::chrono::hours(1), now_).error().code(),
            Code::resource_exhausted);
  now_ += std::chrono::hours(2);
  EXPECT_TRUE(store.begin_session(last, {"", ""}, now_ + std::chrono::hours(1), now_)) << "those of before have ended";
}

TEST(AccessKeyRoles, KeysOfBeforeAreAdministrators) {
  Database database = Database::open(":memory:").value();
  auto steps = migrations();
  const auto roles = std::ranges::find(steps, kAccessKeyRoleSchema);
  ASSERT_NE(roles, steps.end());
  database.migrate({steps.begin(), roles}).value();
  database
      .execute(
          "INSERT INTO access_key (id, secret, user_id, user_arn, created_ms) "
          "VALUES ('AKIAOLD', 's', 'AIDA', 'arn:aws:iam::1:user/local', 1)")
      .value();
  database.migrate(steps).value();
  const ApiAccessKey key =
      AccessKeyStore(database).set_owner_key(AccountId("123456789012"), {"AKIAOLD", "s"}, wall_now()).value();
  EXPECT_EQ(key.user_id, "AIDA");
  EXPECT_EQ(key.role, KeyRole::admin);
}

TEST(AccessKeyRoles, ARevokedOwnersKeyIsReplaced) {
  Database database = migrated_database();
  AccessKeyStore store(database);
  const AccountId account("123456789012");
  const AccessKey mine = random_access_key();
  store.set_owner_key(account, mine, wall_now()).value();
  EXPECT_TRUE(store.revoke(mine.id).value());
  EXPECT_EQ(store.set_owner_key(account, mine, wall_now()).error().code(), Code::conflict);
  EXPECT_EQ(store.set_owner_key(account, random_access_key(), wall_now()).value().role, KeyRole::admin);
}

}  // namespace
}  // namespace fescue::cloud
