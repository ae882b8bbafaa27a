// Policies, versions and attachments by signed requests.
#include "cloud/api/iot/iot_test_support.h"

namespace fescue::cloud {
namespace {

const std::string kDocument =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:*"],"Resource":["*"]}]})";

std::string body_with(std::string_view document) { return json::serialize(json::object{{"policyDocument", document}}); }

class Policies : public IotTest {
 protected:
  json::object make(std::string_view name) {
    return ask("POST", "/policies/" + std::string(name), body_with(kDocument));
  }
};

TEST_F(Policies, AreCreatedAndRead) {
  const json::object made = make("p.1%40x");
  EXPECT_EQ(made.at("policyName"), "p.1@x");
  EXPECT_EQ(made.at("policyArn"), "arn:aws:iot:us-west-2:123456789012:policy/p.1@x");
  EXPECT_EQ(made.at("policyDocument"), json::value(kDocument));
  EXPECT_EQ(made.at("policyVersionId"), "1");
  const json::object policy = ask("GET", "/policies/p.1%40x");
  EXPECT_EQ(policy.at("policyDocument"), json::value(kDocument));
  EXPECT_EQ(policy.at("defaultVersionId"), "1");
  EXPECT_DOUBLE_EQ(policy.at("creationDate").as_double(), 1795377242.123);
}

TEST_F(Policies, BadRequestsAreTold) {
  EXPECT_EQ(verdict("POST", "/policies/a%20b", body_with(kDocument)), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/policies/p", "{}"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/policies/p", R"({"policyDocument":{}})"), "400 SerializationException");
  EXPECT_EQ(verdict("GET", "/policies/p"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("DELETE", "/policies/p"), "404 ResourceNotFoundException");
  make("p");
  const HttpResponse again = call("iot", "POST", "/policies/p", body_with(kDocument));
  EXPECT_EQ(verdict(again), "409 ResourceAlreadyExistsException");
  EXPECT_EQ(json_of(again).at("resourceId"), "p");
}

TEST_F(Policies, MalformedDocumentsAreRefused) {
  const std::string statement = R"({"Effect":"Allow","Action":"iot:*","Resource":"*"})";
  const std::string documents[] = {
      "",
      "not json",
      "[]",
      "{}",
      R"({"Statement":[]})",
      R"({"Statement":[7]})",
      R"({"Version":"2020-01-01","Statement":[)" + statement + "]}",
      R"({"Statement":[{"Effect":"Maybe","Action":"iot:*","Resource":"*"}]})",
      R"({"Statement":[{"Effect":"Allow","Resource":"*"}]})",
      R"({"Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]})",
      R"({"Statement":[{"Effect":"Allow","Action":[1],"Resource":"*"}]})",
      R"({"Statement":[{"Effect":"Allow","Action":"iot:*"}]})",
      R"({"Statement":[{"Effect":"Deny","NotAction":"iot:Connect","Action":"iot:*","Resource":"*"}]})",
      R"({"Statement":[{"Effect":"Deny","Action":"iot:*","Resource":"*","Condition":{"Odd":{"k":"v"}}}]})",
  };
  for (const std::string& document : documents) {
    EXPECT_EQ(verdict("POST", "/policies/p", body_with(document)), "400 MalformedPolicyException") << document;
  }
  EXPECT_EQ(verdict("POST", "/policies/p", body_with("{\"Statement\":" + statement + "}")), "200");
}

TEST_F(Policies, AreListedInBothOrders) {
  for (const std::string name : {"b", "a", "c"}) make(name);
  const auto first_of = [&](std::string_view query) {
    return std::string(ask("GET", "/policies?" + std::string(query)).at("policies").at(0).at("policyName").as_string());
  };
  EXPECT_EQ(first_of(""), "c");
  EXPECT_EQ(first_of("isAscendingOrder=true"), "b");
  const json::object page = ask("GET", "/policies?pageSize=2");
  const std::string marker = percent_encode(std::string(page.at("nextMarker").as_string()));
  EXPECT_EQ(first_of("pageSize=2&marker=" + marker), "b");
  const json::object up = ask("GET", "/policies?pageSize=2&isAscendingOrder=true");
  EXPECT_EQ(first_of("isAscendingOrder=true&marker=" + percent_encode(std::string(up.at("nextMarker").as_string()))),
            "c");
}

TEST_F(Policies, HaveUpToFiveVersions) {
  make("p");
  const json::object second = ask("POST", "/policies/p/version?setAsDefault=true", body_with(kDocument));
  EXPECT_EQ(second.at("policyVersionId"), "2");
  EXPECT_EQ(second.at("isDefaultVersion"), true);
  EXPECT_EQ(ask("GET", "/policies/p").at("defaultVersionId"), "2");
  for (int i = 3; i <= 5; ++i) ask("POST", "/policies/p/version", body_with(kDocument));
  EXPECT_EQ(verdict("POST", "/policies/p/version", body_with(kDocument)), "409 VersionsLimitExceededException");
  EXPECT_EQ(ask("GET", "/policies/p/version").at("policyVersions").as_array().size(), 5U);
  EXPECT_EQ(ask("GET", "/policies/p/version/5").at("isDefaultVersion"), false);

  EXPECT_EQ(verdict("DELETE", "/policies/p/version/2"), "409 DeleteConflictException");
  EXPECT_EQ(verdict("DELETE", "/policies/p/version/5"), "200");
  EXPECT_EQ(verdict("GET", "/policies/p/version/5"), "404 ResourceNotFoundException");
  EXPECT_EQ(ask("POST", "/policies/p/version", body_with(kDocument)).at("policyVersionId"), "6");
  EXPECT_EQ(verdict("PATCH", "/policies/p/version/6"), "200");
  EXPECT_EQ(ask("GET", "/policies/p").at("defaultVersionId"), "6");
  EXPECT_EQ(verdict("PATCH", "/policies/p/version/9"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("PATCH", "/policies/p/version/x"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/policies/none/version", body_with(kDocument)), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("POST", "/policies/p/version", body_with("x")), "400 MalformedPolicyException");
  EXPECT_EQ(verdict("DELETE", "/policies/p"), "409 DeleteConflictException");
}

TEST_F(Policies, AreAttachedToCertificates) {
  make("p");
  const std::string arn = make_certificate('a');
  const std::string target = json::serialize(json::object{{"target", arn}});
  EXPECT_EQ(verdict("PUT", "/target-policies/p", target), "200");
  EXPECT_EQ(verdict("PUT", "/target-policies/p", target), "200");
  const json::object attached = ask("POST", "/attached-policies/" + percent_encode(arn));
  EXPECT_EQ(attached.at("policies").at(0).at("policyName"), "p");
  EXPECT_EQ(ask("POST", "/policy-targets/p").at("targets"), json::array{arn});
  EXPECT_EQ(verdict("DELETE", "/policies/p"), "409 DeleteConflictException");
  EXPECT_EQ(verdict("DELETE", certificate_path('a')), "409 DeleteConflictException");

  EXPECT_EQ(verdict("POST", "/target-policies/p", target), "200");
  EXPECT_EQ(verdict("POST", "/target-policies/p", target), "200");
  EXPECT_EQ(ask("POST", "/policy-targets/p").at("targets"), json::array());
  EXPECT_EQ(verdict("DELETE", "/policies/p"), "200");
}

TEST_F(Policies, ThereIsAMostThatAreAttached) {
  const std::string target = json::serialize(json::object{{"target", make_certificate('a')}});
  for (int i = 0; i < 10; ++i) {
    const std::string name = "p" + std::to_string(i);
    make(name);
    EXPECT_EQ(verdict("PUT", "/target-policies/" + name, target), "200");
  }
  make("one-more");
  EXPECT_EQ(verdict("PUT", "/target-policies/one-more", target), "410 LimitExceededException");
  EXPECT_EQ(verdict("PUT", "/target-policies/p1", target), "200");
}

TEST_F(Policies, ForcedDeletionOfACertificateDropsThem) {
  make("p");
  const std::string arn = make_certificate('a');
  ask("POST", "/things/t");
  EXPECT_EQ(verdict("PUT", "/target-policies/p", json::serialize(json::object{{"target", arn}})), "200");
  EXPECT_EQ(verdict("DELETE", certificate_path('a') + "?forceDelete=true"), "200");
  EXPECT_EQ(ask("POST", "/policy-targets/p").at("targets"), json::array());
}

TEST_F(Policies, BothSidesOfAnAttachmentMustExist) {
  make("p");
  const auto attach = [&](std::string_view policy, std::string_view arn) {
    return verdict("PUT", "/target-policies/" + std::string(policy), json::serialize(json::object{{"target", arn}}));
  };
  EXPECT_EQ(attach("none", make_certificate('a')), "404 ResourceNotFoundException");
  EXPECT_EQ(attach("p", kUnknownCertificate), "404 ResourceNotFoundException");
  EXPECT_EQ(attach("p", "arn:aws:iot:us-west-2:123456789012:thinggroup/g"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("PUT", "/target-policies/p", "{}"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/target-policies/none", R"({"target":"x"})"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("POST", "/attached-policies/" + percent_encode(kUnknownCertificate)),
            "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("POST", "/policy-targets/none"), "404 ResourceNotFoundException");
}

TEST_F(Policies, TheOldCallsDoTheSame) {
  make("p");
  const std::string arn = make_certificate('a');
  const TestHeaders principal{{"x-amzn-iot-principal", arn}};
  EXPECT_EQ(verdict("PUT", "/principal-policies/p", "", principal), "200");
  EXPECT_EQ(ask("GET", "/principal-policies", "", principal).at("policies").at(0).at("policyName"), "p");
  EXPECT_EQ(ask("GET", "/policy-principals", "", {{"x-amzn-iot-policy", "p"}}).at("principals"), json::array{arn});
  EXPECT_EQ(verdict("DELETE", "/principal-policies/p", "", principal), "200");
  EXPECT_EQ(ask("GET", "/principal-policies", "", principal).at("policies"), json::array());
  EXPECT_EQ(verdict("PUT", "/principal-policies/p"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("DELETE", "/principal-policies/p"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("GET", "/principal-policies"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("GET", "/policy-principals"), "400 InvalidRequestException");
}

TEST_F(Policies, AttachmentsAreListedInPages) {
  const std::string arn = make_certificate('a');
  for (const std::string name : {"p", "q"}) {
    make(name);
    EXPECT_EQ(verdict("PUT", "/target-policies/" + name, json::serialize(json::object{{"target", arn}})), "200");
  }
  const std::string target = "/attached-policies/" + percent_encode(arn);
  const json::object first = ask("POST", target + "?pageSize=1");
  EXPECT_EQ(first.at("policies").at(0).at("policyName"), "p");
  const std::string marker = percent_encode(std::string(first.at("nextMarker").as_string()));
  EXPECT_EQ(ask("POST", target + "?pageSize=1&marker=" + marker).at("policies").at(0).at("policyName"), "q");
}

}  // namespace
}  // namespace fescue::cloud
