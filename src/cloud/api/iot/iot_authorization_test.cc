// TestAuthorization and GetEffectivePolicies by signed requests.
#include <gmock/gmock.h>

#include "cloud/api/iot/iot_test_support.h"

namespace fescue::cloud {
namespace {

class Authorization : public IotTest {
 protected:
  Authorization() { certificate_ = make_certificate('a', CertificateStatus::active); }

  void make_policy(const std::string& name, std::string_view statement) {
    const std::string document = R"({"Version":"2012-10-17","Statement":[)" + std::string(statement) + "]}";
    ask("POST", "/policies/" + name, json::serialize(json::object{{"policyDocument", document}}));
  }
  void attach(const std::string& name) {
    ask("PUT", "/target-policies/" + name, json::serialize(json::object{{"target", certificate_}}));
  }
  json::value test(const json::object& info, json::object more = {}, std::string_view query = "") {
    more["authInfos"] = json::array{info};
    if (!more.contains("principal")) more["principal"] = certificate_;
    const json::object answer = ask("POST", "/test-authorization" + std::string(query), json::serialize(more));
    return answer.at("authResults").at(0);
  }
  static json::object publish_to(std::string_view topic) {
    return {{"actionType", "PUBLISH"}, {"resources", json::array{kArn + "topic/" + std::string(topic)}}};
  }

  static inline const std::string kArn = "arn:aws:iot:us-west-2:123456789012:";
  std::string certificate_;
};

TEST_F(Authorization, TellsWhatDecides) {
  make_policy("all", R"({"Effect":"Allow","Action":"iot:*","Resource":"*"})");
  make_policy("no-secrets", R"({"Effect":"Deny","Action":"iot:Publish","Resource":")" + kArn + R"(topic/secret/*"})");
  attach("all");
  attach("no-secrets");
  const json::value denied = test(publish_to("secret/x"));
  EXPECT_EQ(denied.at("authDecision"), "EXPLICIT_DENY");
  EXPECT_EQ(denied.at("allowed").at("policies").at(0).at("policyName"), "all");
  EXPECT_EQ(denied.at("denied").at("explicitDeny").at("policies").at(0).at("policyArn").as_string(),
            kArn + "policy/no-secrets");
  EXPECT_EQ(denied.at("denied").at("implicitDeny").at("policies"), json::array());
  EXPECT_EQ(denied.at("authInfo").at("actionType"), "PUBLISH");
  EXPECT_EQ(denied.at("authInfo").at("resources"), json::array{kArn + "topic/secret/x"});
  EXPECT_EQ(denied.at("missingContextValues"), json::array());
  const json::value allowed = test(publish_to("open"));
  EXPECT_EQ(allowed.at("authDecision"), "ALLOWED");
  EXPECT_EQ(allowed.at("denied").at("implicitDeny").at("policies").at(0).at("policyName"), "no-secrets");
}

TEST_F(Authorization, PoliciesCanBeAddedAndSkipped) {
  make_policy("all", R"({"Effect":"Allow","Action":"iot:*","Resource":"*"})");
  EXPECT_EQ(test(publish_to("t")).at("authDecision"), "IMPLICIT_DENY");
  EXPECT_EQ(test(publish_to("t"), {{"policyNamesToAdd", json::array{"all"}}}).at("authDecision"), "ALLOWED");
  attach("all");
  EXPECT_EQ(test(publish_to("t"), {{"policyNamesToSkip", json::array{"all"}}}).at("authDecision"), "IMPLICIT_DENY");
  EXPECT_EQ(
      test(publish_to("t"), {{"principal", nullptr}, {"policyNamesToAdd", json::array{"all"}}}).at("authDecision"),
      "ALLOWED");
}

TEST_F(Authorization, KnowsTheClientItIsTold) {
  make_policy("own", R"({"Effect":"Allow","Action":"iot:Publish","Resource":")" + kArn + R"(topic/${iot:ClientId}"})");
  attach("own");
  const json::value unknown = test(publish_to("lamp"));
  EXPECT_EQ(unknown.at("authDecision"), "IMPLICIT_DENY");
  EXPECT_EQ(unknown.at("missingContextValues"), json::array{"iot:ClientId"});
  EXPECT_EQ(test(publish_to("lamp"), {}, "?clientId=lamp").at("authDecision"), "ALLOWED");
}

TEST_F(Authorization, OfSeveralResourcesTheWorstCounts) {
  make_policy("one", R"({"Effect":"Allow","Action":"iot:Publish","Resource":")" + kArn + R"(topic/a"})");
  attach("one");
  json::object both = publish_to("a");
  EXPECT_EQ(test(both).at("authDecision"), "ALLOWED");
  both["resources"] = json::array{kArn + "topic/a", kArn + "topic/b"};
  EXPECT_EQ(test(both).at("authDecision"), "IMPLICIT_DENY");
}

TEST_F(Authorization, BadRequestsAreTold) {
  const auto answer = [&](std::string_view body) { return verdict("POST", "/test-authorization", body); };
  const std::string good = R"({"actionType":"CONNECT","resources":["x"]})";
  EXPECT_EQ(answer("{}"), "400 InvalidRequestException");
  EXPECT_EQ(answer(R"({"authInfos":[]})"), "400 InvalidRequestException");
  EXPECT_EQ(answer(R"({"authInfos":[7]})"), "400 SerializationException");
  EXPECT_EQ(answer(R"({"authInfos":[{"actionType":"LISTEN","resources":["x"]}]})"), "400 InvalidRequestException");
  EXPECT_EQ(answer(R"({"authInfos":[{"actionType":"CONNECT","resources":[]}]})"), "400 InvalidRequestException");
  EXPECT_EQ(answer(R"({"authInfos":[)" + good + R"(],"principal":")" + kUnknownCertificate + "\"}"),
            "404 ResourceNotFoundException");
  EXPECT_EQ(answer(R"({"authInfos":[)" + good + R"(],"policyNamesToAdd":["none"]})"), "404 ResourceNotFoundException");
  std::string eleven = good;
  for (int i = 0; i < 10; ++i) eleven += "," + good;
  EXPECT_EQ(answer(R"({"authInfos":[)" + eleven + "]}"), "400 InvalidRequestException");
  EXPECT_EQ(answer(R"({"authInfos":[)" + good + "]}"), "200");
}

TEST_F(Authorization, EffectivePoliciesAreTheAttachedOnes) {
  make_policy("p", R"({"Effect":"Allow","Action":"iot:*","Resource":"*"})");
  attach("p");
  const std::string body = json::serialize(json::object{{"principal", certificate_}});
  const json::object answer = ask("POST", "/effective-policies", body);
  ASSERT_EQ(answer.at("effectivePolicies").as_array().size(), 1U);
  EXPECT_EQ(answer.at("effectivePolicies").at(0).at("policyName"), "p");
  EXPECT_THAT(std::string(answer.at("effectivePolicies").at(0).at("policyDocument").as_string()),
              testing::HasSubstr("iot:*"));
  EXPECT_EQ(verdict("POST", "/effective-policies?thingName=none", body), "404 ResourceNotFoundException");
}

}  // namespace
}  // namespace fescue::cloud
