// Things and their principals by signed requests.
#include "cloud/api/iot/iot_test_support.h"

namespace fescue::cloud {
namespace {

class Things : public IotTest {};

TEST_F(Things, AreCreatedAndDescribed) {
  const json::object made =
      ask("POST", "/things/t%3A1", R"({"attributePayload":{"attributes":{"a":"b","gone":""},"merge":false}})");
  EXPECT_EQ(made.at("thingName"), "t:1");
  EXPECT_EQ(made.at("thingArn"), "arn:aws:iot:us-west-2:123456789012:thing/t:1");
  EXPECT_EQ(made.at("thingId").as_string().size(), 36U);
  const json::object thing = ask("GET", "/things/t%3A1");
  EXPECT_EQ(thing.at("defaultClientId"), "t:1");
  EXPECT_EQ(thing.at("thingId"), made.at("thingId"));
  EXPECT_EQ(thing.at("attributes"), json::parse(R"({"a":"b"})"));
  EXPECT_EQ(thing.at("version"), 1);
  EXPECT_FALSE(thing.contains("thingTypeName"));
}

TEST_F(Things, CreatingTheSameAgainIsNoConflict) {
  const json::object first = ask("POST", "/things/t", R"({"attributePayload":{"attributes":{"a":"b"}}})");
  EXPECT_EQ(ask("POST", "/things/t", R"({"attributePayload":{"attributes":{"a":"b"}}})"), first);
  const HttpResponse other = call("iot", "POST", "/things/t", "{}");
  EXPECT_EQ(verdict(other), "409 ResourceAlreadyExistsException");
  EXPECT_EQ(json_of(other).at("resourceArn"), first.at("thingArn"));
  EXPECT_EQ(json_of(other).at("resourceId"), first.at("thingId"));
}

TEST_F(Things, BadRequestsAreTold) {
  EXPECT_EQ(verdict("POST", "/things/a%20b"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/things/" + std::string(129, 'x')), "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/things/t", R"({"attributePayload":7})"), "400 SerializationException");
  EXPECT_EQ(verdict("POST", "/things/t", R"({"attributePayload":{"attributes":{"a b":"c"}}})"),
            "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/things/t", R"({"attributePayload":{"attributes":{"a":"b c"}}})"),
            "400 InvalidRequestException");
  EXPECT_EQ(verdict("POST", "/things/t", R"({"thingTypeName":"T"})"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("POST", "/things/t", R"({"billingGroupName":"B"})"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("GET", "/things/t"), "404 ResourceNotFoundException");
  std::string many = R"({"attributePayload":{"attributes":{)";
  for (int i = 0; i <= 50; ++i) many += (i > 0 ? "," : "") + std::string("\"a") + std::to_string(i) + "\":\"x\"";
  EXPECT_EQ(verdict("POST", "/things/t", many + "}}}"), "400 InvalidRequestException");
}

TEST_F(Things, UpdatesMergeOrReplace) {
  ask("POST", "/things/t", R"({"attributePayload":{"attributes":{"a":"1","b":"2"}}})");
  ask("PATCH", "/things/t", R"({"attributePayload":{"attributes":{"a":"","c":"3"},"merge":true}})");
  EXPECT_EQ(ask("GET", "/things/t").at("attributes"), json::parse(R"({"b":"2","c":"3"})"));
  ask("PATCH", "/things/t", R"({"attributePayload":{"attributes":{"d":"4"}},"expectedVersion":2})");
  const json::object thing = ask("GET", "/things/t");
  EXPECT_EQ(thing.at("attributes"), json::parse(R"({"d":"4"})"));
  EXPECT_EQ(thing.at("version"), 3);
  ask("PATCH", "/things/t", "{}");
  EXPECT_EQ(ask("GET", "/things/t").at("attributes"), json::parse(R"({"d":"4"})"));
}

TEST_F(Things, UpdatesAndDeletesCheckTheVersion) {
  ask("POST", "/things/t");
  EXPECT_EQ(verdict("PATCH", "/things/t", R"({"expectedVersion":7})"), "409 VersionConflictException");
  EXPECT_EQ(verdict("PATCH", "/things/none", "{}"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("DELETE", "/things/t?expectedVersion=7"), "409 VersionConflictException");
  EXPECT_EQ(verdict("DELETE", "/things/t?expectedVersion=x"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("DELETE", "/things/t?expectedVersion=1"), "200");
  EXPECT_EQ(verdict("GET", "/things/t"), "404 ResourceNotFoundException");
  EXPECT_EQ(verdict("DELETE", "/things/t"), "200");
}

TEST_F(Things, AreListedInPages) {
  for (const std::string name : {"c", "a", "b"}) ask("POST", "/things/" + name);
  const json::object first = ask("GET", "/things?maxResults=2");
  ASSERT_EQ(first.at("things").as_array().size(), 2U);
  EXPECT_EQ(first.at("things").at(0).at("thingName"), "a");
  EXPECT_EQ(first.at("things").at(0).at("version"), 1);
  const std::string token = percent_encode(std::string(first.at("nextToken").as_string()));
  const json::object second = ask("GET", "/things?maxResults=2&nextToken=" + token);
  ASSERT_EQ(second.at("things").as_array().size(), 1U);
  EXPECT_EQ(second.at("things").at(0).at("thingName"), "c");
  EXPECT_FALSE(second.contains("nextToken"));
  EXPECT_EQ(verdict("GET", "/things?maxResults=0"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("GET", "/things?maxResults=251"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("GET", "/things?nextToken=junk"), "400 InvalidRequestException");
}

TEST_F(Things, AreFoundByAttribute) {
  ask("POST", "/things/a", R"({"attributePayload":{"attributes":{"room":"hall.1"}}})");
  ask("POST", "/things/b", R"({"attributePayload":{"attributes":{"room":"hall.2"}}})");
  ask("POST", "/things/c", R"({"attributePayload":{"attributes":{"other":"hall.1"}}})");
  const auto names = [&](std::string_view query) {
    std::string found;
    const json::object answer = ask("GET", "/things?" + std::string(query));
    for (const json::value& thing : answer.at("things").as_array()) {
      found += std::string(thing.at("thingName").as_string());
    }
    return found;
  };
  EXPECT_EQ(names("attributeName=room&attributeValue=hall.1"), "a");
  EXPECT_EQ(names("attributeName=room&attributeValue=hall"), "");
  EXPECT_EQ(names("attributeName=room&attributeValue=hall&usePrefixAttributeValue=true"), "ab");
  EXPECT_EQ(names("attributeName=room"), "ab");
  EXPECT_EQ(names("thingTypeName=T"), "");
  EXPECT_EQ(verdict("GET", "/things?attributeValue=x"), "400 InvalidRequestException");
}

class ThingPrincipals : public IotTest {
 protected:
  ThingPrincipals() {
    ask("POST", "/things/t");
    arn_ = make_certificate('a');
  }
  std::string with_principal(std::string_view method, std::string_view target, std::string_view arn) {
    return verdict(method, target, "", {{"x-amzn-principal", std::string(arn)}});
  }
  std::string arn_;
};

TEST_F(ThingPrincipals, AttachAndDetachAreIdempotent) {
  EXPECT_EQ(with_principal("PUT", "/things/t/principals", arn_), "200");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals?thingPrincipalType=NON_EXCLUSIVE_THING", arn_), "200");
  EXPECT_EQ(ask("GET", "/things/t/principals").at("principals"), json::array{arn_});
  EXPECT_EQ(ask("GET", "/principals/things", "", {{"x-amzn-principal", arn_}}).at("things"), json::array{"t"});
  EXPECT_EQ(with_principal("DELETE", "/things/t/principals", arn_), "200");
  EXPECT_EQ(with_principal("DELETE", "/things/t/principals", arn_), "200");
  EXPECT_EQ(ask("GET", "/things/t/principals").at("principals"), json::array());
}

TEST_F(ThingPrincipals, BothSidesMustExist) {
  EXPECT_EQ(with_principal("PUT", "/things/none/principals", arn_), "404 ResourceNotFoundException");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals", kUnknownCertificate), "404 ResourceNotFoundException");
  EXPECT_EQ(with_principal("DELETE", "/things/none/principals", arn_), "404 ResourceNotFoundException");
  EXPECT_EQ(with_principal("GET", "/things/none/principals", arn_), "404 ResourceNotFoundException");
  EXPECT_EQ(with_principal("GET", "/principals/things", kUnknownCertificate), "404 ResourceNotFoundException");
  std::string foreign = arn_;
  foreign.replace(foreign.find("123456789012"), 12, "210987654321");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals", foreign), "404 ResourceNotFoundException");
}

TEST_F(ThingPrincipals, MustBeCertificates) {
  EXPECT_EQ(verdict("PUT", "/things/t/principals"), "400 InvalidRequestException");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals", "junk"), "400 InvalidRequestException");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals", "arn:aws:iot:us-west-2:123456789012:thing/t"),
            "400 InvalidRequestException");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals", "arn:aws:iot:us-west-2:123456789012:cert/abc"),
            "400 InvalidRequestException");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals?thingPrincipalType=EXCLUSIVE_THING", arn_),
            "400 NotImplementedException");
  EXPECT_EQ(with_principal("PUT", "/things/t/principals?thingPrincipalType=X", arn_), "400 InvalidRequestException");
}

TEST_F(ThingPrincipals, KeepTheirThing) {
  with_principal("PUT", "/things/t/principals", arn_);
  EXPECT_EQ(verdict("DELETE", "/things/t"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("DELETE", certificate_path('a')), "409 DeleteConflictException");
}

TEST_F(ThingPrincipals, AreListedInPages) {
  with_principal("PUT", "/things/t/principals", arn_);
  with_principal("PUT", "/things/t/principals", make_certificate('b'));
  const json::object first = ask("GET", "/things/t/principals?maxResults=1");
  EXPECT_EQ(first.at("principals"), json::array{arn_});
  const std::string token = percent_encode(std::string(first.at("nextToken").as_string()));
  EXPECT_EQ(ask("GET", "/things/t/principals?maxResults=1&nextToken=" + token).at("principals").as_array().size(), 1U);
}

}  // namespace
}  // namespace fescue::cloud
