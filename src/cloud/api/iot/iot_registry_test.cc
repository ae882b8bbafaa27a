// Thing types, role aliases and tags.
#include "cloud/api/iot/iot_test_support.h"

namespace fescue::cloud {
namespace {

class IotRegistry : public IotTest {};

TEST_F(IotRegistry, ThingsHaveTypes) {
  const std::string properties = R"({"thingTypeProperties":{"thingTypeDescription":"d","searchableAttributes":["a"]}})";
  const json::object made = ask("POST", "/thing-types/pump", properties);
  EXPECT_EQ(made.at("thingTypeArn"), "arn:aws:iot:us-west-2:123456789012:thingtype/pump");
  EXPECT_EQ(ask("POST", "/thing-types/pump", properties).at("thingTypeId"), made.at("thingTypeId"));
  EXPECT_EQ(verdict("POST", "/thing-types/pump", "{}"), "409 ResourceAlreadyExistsException");
  EXPECT_EQ(ask("GET", "/thing-types/pump").at("thingTypeProperties").at("thingTypeDescription"), "d");

  EXPECT_EQ(verdict("POST", "/things/t1", R"({"thingTypeName":"valve"})"), "404 ResourceNotFoundException");
  ask("POST", "/things/t1", R"({"thingTypeName":"pump"})");
  ask("POST", "/things/t2", "{}");
  EXPECT_EQ(ask("GET", "/things/t1").at("thingTypeName"), "pump");
  EXPECT_FALSE(ask("GET", "/things/t2").contains("thingTypeName"));
  EXPECT_EQ(verdict("POST", "/things/t1", "{}"), "409 ResourceAlreadyExistsException") << "another type";
  EXPECT_EQ(ask("GET", "/things?thingTypeName=pump").at("things").as_array().size(), 1U);
  ask("PATCH", "/things/t2", R"({"thingTypeName":"pump"})");
  ask("PATCH", "/things/t1", R"({"removeThingType":true})");
  EXPECT_EQ(ask("GET", "/things?thingTypeName=pump").at("things").at(0).at("thingName"), "t2");
}

TEST_F(IotRegistry, TypesAreDeprecatedBeforeTheyGo) {
  ask("POST", "/thing-types/pump", "{}");
  ask("POST", "/things/t1", R"({"thingTypeName":"pump"})");
  EXPECT_EQ(verdict("DELETE", "/thing-types/pump"), "400 InvalidRequestException");
  ask("POST", "/thing-types/pump/deprecate", "{}");
  EXPECT_EQ(ask("GET", "/thing-types").at("thingTypes").at(0).at("thingTypeMetadata").at("deprecated"), true);
  EXPECT_EQ(verdict("POST", "/things/t2", R"({"thingTypeName":"pump"})"), "400 InvalidRequestException");
  EXPECT_EQ(verdict("DELETE", "/thing-types/pump"), "400 InvalidRequestException") << "t1 still has it";
  ask("DELETE", "/things/t1");
  ask("POST", "/thing-types/pump/deprecate", R"({"undoDeprecate":true})");
  EXPECT_EQ(verdict("DELETE", "/thing-types/pump"), "400 InvalidRequestException");
  ask("POST", "/thing-types/pump/deprecate");
  ask("DELETE", "/thing-types/pump");
  EXPECT_EQ(verdict("GET", "/thing-types/pump"), "404 ResourceNotFoundException");
}

TEST_F(IotRegistry, RoleAliasesAreKept) {
  const std::string role = "arn:aws:iam::123456789012:role/r";
  EXPECT_EQ(ask("POST", "/role-aliases/a", R"({"roleArn":")" + role + R"("})").at("roleAliasArn"),
            "arn:aws:iot:us-west-2:123456789012:rolealias/a");
  EXPECT_EQ(verdict("POST", "/role-aliases/a", R"({"roleArn":")" + role + R"("})"),
            "409 ResourceAlreadyExistsException");
  EXPECT_EQ(verdict("POST", "/role-aliases/b", R"({"roleArn":"short"})"), "400 InvalidRequestException");
  ask("PUT", "/role-aliases/a", R"({"credentialDurationSeconds":900})");
  const json::object described = ask("GET", "/role-aliases/a");
  EXPECT_EQ(described.at("roleAliasDescription").at("credentialDurationSeconds"), 900);
  EXPECT_EQ(described.at("roleAliasDescription").at("roleArn").as_string(), role);
  EXPECT_EQ(ask("GET", "/role-aliases").at("roleAliases"), json::parse(R"(["a"])"));
  ask("DELETE", "/role-aliases/a");
  EXPECT_EQ(verdict("DELETE", "/role-aliases/a"), "404 ResourceNotFoundException");
}

TEST_F(IotRegistry, TagsComeAndGoWithWhatTheyBelongTo) {
  const std::string document =
      R"({\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iot:*\",\"Resource\":\"*\"}})";
  const std::string create = R"({"policyDocument":")" + document + R"(","tags":[{"Key":"a","Value":"1"}]})";
  const std::string arn(ask("POST", "/policies/p", create).at("policyArn").as_string());
  const std::string list = "/tags?resourceArn=" + percent_encode(arn);
  ask("POST", "/tags", R"({"resourceArn":")" + arn + R"(","tags":[{"Key":"b","Value":"2"},{"Key":"c"}]})");
  ask("POST", "/untag", R"({"resourceArn":")" + arn + R"(","tagKeys":["a"]})");
  const json::value expected = json::parse(R"([{"Key":"b","Value":"2"},{"Key":"c","Value":""}])");
  EXPECT_EQ(ask("GET", list).at("tags"), expected);
  ask("DELETE", "/policies/p");
  EXPECT_EQ(verdict("GET", list), "404 ResourceNotFoundException");
  ask("POST", "/policies/p", R"({"policyDocument":")" + document + R"("})");
  EXPECT_EQ(ask("GET", list).at("tags").as_array().size(), 0U) << "another policy of that name";
}

TEST_F(IotRegistry, OnlyWhatHasTagsIsTagged) {
  ask("POST", "/things/t", "{}");
  const auto tag = [this](std::string_view arn, std::string_view tags) {
    return verdict("POST", "/tags", fmt::format(R"({{"resourceArn":"{}","tags":{}}})", arn, tags));
  };
  EXPECT_EQ(tag("arn:aws:iot:us-west-2:123456789012:thing/t", "[]"), "400 InvalidRequestException");
  EXPECT_EQ(tag("arn:aws:iot:us-west-2:123456789012:policy/none", "[]"), "404 ResourceNotFoundException");
  EXPECT_EQ(tag("arn:aws:iot:us-west-2:999999999999:policy/none", "[]"), "404 ResourceNotFoundException");
  EXPECT_EQ(tag("no ARN", "[]"), "400 InvalidRequestException");
  ask("POST", "/thing-types/pump", "{}");
  const std::string pump = "arn:aws:iot:us-west-2:123456789012:thingtype/pump";
  EXPECT_EQ(tag(pump, R"([{"Key":"aws:x","Value":""}])"), "400 InvalidRequestException");
  EXPECT_EQ(tag(pump, R"(["x"])"), "400 SerializationException");
  EXPECT_EQ(tag(pump, R"([{"Value":"1"}])"), "400 InvalidRequestException");
}

TEST_F(IotRegistry, PrincipalsAreListedWithTheirType) {
  ask("POST", "/things/t", "{}");
  const std::string arn = make_certificate('a');
  ask("PUT", "/things/t/principals", "", {{"x-amzn-principal", arn}});
  const json::object listed = ask("GET", "/things/t/principals-v2");
  EXPECT_EQ(listed.at("thingPrincipalObjects").at(0).at("principal").as_string(), arn);
  EXPECT_EQ(listed.at("thingPrincipalObjects").at(0).at("thingPrincipalType"), "NON_EXCLUSIVE_THING");
  EXPECT_EQ(ask("GET", "/things/t/principals-v2?thingPrincipalType=EXCLUSIVE_THING")
                .at("thingPrincipalObjects")
                .as_array()
                .size(),
            0U);
}

}  // namespace
}  // namespace fescue::cloud
