// Versions and aliases by signed requests.
#include <gmock/gmock.h>

#include "cloud/api/lambda/lambda_test_support.h"

namespace fescue::cloud {
namespace {

class LambdaVersionsTest : public LambdaTest {};

TEST_F(LambdaVersionsTest, AreNumberedAndImmutable) {
  create("hello", R"(,"Timeout":5)");
  const json::value first = json_of(lambda("POST", "/hello/versions", R"({"Description":"first"})"));
  EXPECT_EQ(first.at("Version"), "1");
  EXPECT_EQ(first.at("Description"), "first");
  EXPECT_EQ(first.at("FunctionArn"), "arn:aws:lambda:us-west-2:123456789012:function:hello:1");
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration")).at("Description"), "");
  ASSERT_EQ(lambda("PUT", "/hello/configuration", R"({"Timeout":6})").status, 200U);
  EXPECT_EQ(publish("hello"), "2");
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration?Qualifier=1")).at("Timeout"), 5);
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration?Qualifier=2")).at("Timeout"), 6);
}

TEST_F(LambdaVersionsTest, NothingChangedMeansNoNewOne) {
  create("hello");
  EXPECT_EQ(publish("hello"), "1");
  EXPECT_EQ(publish("hello"), "1");
  // The same package again, as in the acceptance script: still version 1 until the configuration changes.
  ASSERT_EQ(lambda("PUT", "/hello/code", fmt::format(R"({{"ZipFile":"{}"}})", zip("one"))).status, 200U);
  EXPECT_EQ(publish("hello"), "1");
  describe("hello", "second");
  EXPECT_EQ(publish("hello"), "2");
}

TEST_F(LambdaVersionsTest, TheCodeMayBePinnedByItsHash) {
  const json::object made = create("hello");
  expect_error(lambda("POST", "/hello/versions", R"({"CodeSha256":"other"})"), 400, "InvalidParameterValueException");
  EXPECT_EQ(lambda("POST", "/hello/versions",
                   fmt::format(R"({{"CodeSha256":"{}"}})", std::string_view(made.at("CodeSha256").as_string())))
                .status,
            201U);
  expect_error(lambda("POST", "/nope/versions"), 404, "ResourceNotFoundException");
}

TEST_F(LambdaVersionsTest, AreListedWithLatestFirst) {
  create("hello");
  publish("hello");
  describe("hello", "x");
  publish("hello");
  const json::value page = json_of(lambda("GET", "/hello/versions?MaxItems=2"));
  EXPECT_EQ(page.at("Versions").at(0).at("Version"), "$LATEST");
  EXPECT_EQ(page.at("Versions").at(0).at("FunctionArn"),
            "arn:aws:lambda:us-west-2:123456789012:function:hello:$LATEST");
  EXPECT_EQ(page.at("Versions").at(1).at("Version"), "1");
  const std::string marker = percent_encode(std::string_view(page.at("NextMarker").as_string()));
  const json::value rest = json_of(lambda("GET", "/hello/versions?MaxItems=2&Marker=" + marker));
  ASSERT_EQ(rest.at("Versions").as_array().size(), 1U);
  EXPECT_EQ(rest.at("Versions").at(0).at("Version"), "2");
  EXPECT_FALSE(rest.as_object().contains("NextMarker"));
  expect_error(lambda("GET", "/nope/versions"), 404, "ResourceNotFoundException");
}

class LambdaAliasesTest : public LambdaTest {
 protected:
  LambdaAliasesTest() {
    create("hello");
    publish("hello");
    describe("hello", "second");
    publish("hello");
  }
};

TEST_F(LambdaAliasesTest, PointToAVersion) {
  const HttpResponse response = create_alias("hello", "prod", "1");
  EXPECT_EQ(response.status, 201U);
  const json::value made = json_of(response);
  EXPECT_EQ(made.at("AliasArn"), "arn:aws:lambda:us-west-2:123456789012:function:hello:prod");
  EXPECT_EQ(made.at("Name"), "prod");
  EXPECT_EQ(made.at("FunctionVersion"), "1");
  EXPECT_EQ(made.at("Description"), "");
  EXPECT_FALSE(made.as_object().contains("RoutingConfig"));
  EXPECT_EQ(json_of(lambda("GET", "/hello/aliases/prod")), made);
  EXPECT_EQ(create_alias("hello", "latest", "$LATEST").status, 201U);
}

TEST_F(LambdaAliasesTest, AreRefusedWhenTheyMakeNoSense) {
  ASSERT_EQ(create_alias("hello", "prod", "1").status, 201U);
  expect_error(create_alias("hello", "prod", "1"), 409, "ResourceConflictException");
  expect_error(create_alias("hello", "other", "99"), 404, "ResourceNotFoundException");
  expect_error(create_alias("nope", "other", "1"), 404, "ResourceNotFoundException");
  expect_error(create_alias("hello", "123", "1"), 400, "ValidationException");
  expect_error(create_alias("hello", "a b", "1"), 400, "ValidationException");
  expect_error(create_alias("hello", "other", "one"), 400, "ValidationException");
  expect_error(lambda("GET", "/hello/aliases/nope"), 404, "ResourceNotFoundException");
}

TEST_F(LambdaAliasesTest, AreMoved) {
  const json::value before = json_of(create_alias("hello", "prod", "1"));
  const json::value after =
      json_of(lambda("PUT", "/hello/aliases/prod", R"({"FunctionVersion":"2","Description":"d"})"));
  EXPECT_EQ(after.at("FunctionVersion"), "2");
  EXPECT_EQ(after.at("Description"), "d");
  EXPECT_NE(after.at("RevisionId"), before.at("RevisionId"));
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration?Qualifier=prod")).at("Version"), "2");
  expect_error(lambda("PUT", "/hello/aliases/prod", R"({"RevisionId":"stale"})"), 412, "PreconditionFailedException");
  expect_error(lambda("PUT", "/hello/aliases/prod", R"({"FunctionVersion":"99"})"), 404, "ResourceNotFoundException");
  expect_error(lambda("PUT", "/hello/aliases/nope", R"({"FunctionVersion":"1"})"), 404, "ResourceNotFoundException");
}

TEST_F(LambdaAliasesTest, MayHaveWeights) {
  ASSERT_EQ(create_alias("hello", "prod", "1").status, 201U);
  const json::value routed =
      json_of(lambda("PUT", "/hello/aliases/prod", R"({"RoutingConfig":{"AdditionalVersionWeights":{"2":0.25}}})"));
  EXPECT_EQ(routed.at("RoutingConfig").at("AdditionalVersionWeights").at("2"), 0.25);
  for (const char* weights : {R"({"2":1.5})", R"({"2":"x"})"}) {
    expect_error(lambda("PUT", "/hello/aliases/prod",
                        fmt::format(R"({{"RoutingConfig":{{"AdditionalVersionWeights":{}}}}})", weights)),
                 400, "ValidationException");
  }
  EXPECT_FALSE(
      json_of(lambda("PUT", "/hello/aliases/prod", R"({"RoutingConfig":{}})")).as_object().contains("RoutingConfig"));
}

TEST_F(LambdaAliasesTest, AreDeletedAsOftenAsOneLikes) {
  ASSERT_EQ(create_alias("hello", "prod", "1").status, 201U);
  EXPECT_EQ(lambda("DELETE", "/hello/aliases/prod").status, 204U);
  EXPECT_EQ(lambda("DELETE", "/hello/aliases/prod").status, 204U);
  EXPECT_EQ(lambda("DELETE", "/nope/aliases/prod").status, 204U) << "the model has no ResourceNotFoundException for it";
}

TEST_F(LambdaAliasesTest, AreListed) {
  for (const char* name : {"c", "a"}) ASSERT_EQ(create_alias("hello", name, "1").status, 201U);
  ASSERT_EQ(create_alias("hello", "b", "2").status, 201U);
  const json::value page = json_of(lambda("GET", "/hello/aliases?MaxItems=2"));
  EXPECT_EQ(page.at("Aliases").at(0).at("Name"), "a");
  const std::string marker = percent_encode(std::string_view(page.at("NextMarker").as_string()));
  EXPECT_EQ(json_of(lambda("GET", "/hello/aliases?Marker=" + marker)).at("Aliases").at(0).at("Name"), "c");
  EXPECT_EQ(json_of(lambda("GET", "/hello/aliases?FunctionVersion=2")).at("Aliases").as_array().size(), 1U);
}

TEST_F(LambdaAliasesTest, WhatNoCoreRunsIsNotInvoked) {
  expect_error(lambda("POST", "/hello/invocations", "{}"), 404, "ResourceNotFoundException");
}

}  // namespace
}  // namespace fescue::cloud
