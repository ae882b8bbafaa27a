// All spellings of a name against groups with one version, several, or none.
#include "core/admin/function_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

FunctionArn arn(std::string_view name, std::string_view version) {
  return FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), name, version);
}

const std::vector<FunctionArn> kDeployed = {arn("Echo", "3"), arn("Twice", "1"), arn("Twice", "2")};

std::string found(std::string_view name, std::string_view qualifier = "") {
  const auto result = resolve_function(name, qualifier, kDeployed);
  return result ? std::string(result->name()) + ":" + std::string(result->qualifier()) : result.error().message();
}
Code code(std::string_view name, std::string_view qualifier = "") {
  return resolve_function(name, qualifier, kDeployed).error().code();
}

TEST(FunctionNames, AllOfLambdasFormsNameTheOneDeployedVersion) {
  for (const char* name : {"Echo", "Echo:3", "123456789012:function:Echo", "123456789012:function:Echo:3",
                           "arn:aws:lambda:us-west-2:123456789012:function:Echo",
                           "arn:aws:lambda:us-west-2:123456789012:function:Echo:3"}) {
    EXPECT_EQ(found(name), "Echo:3") << name;
    EXPECT_EQ(found(name, "3"), "Echo:3") << name;
  }
}

TEST(FunctionNames, OneOfSeveralVersionsMustBeNamed) {
  EXPECT_EQ(found("Twice:2"), "Twice:2");
  EXPECT_EQ(found("Twice", "1"), "Twice:1");
  EXPECT_EQ(code("Twice"), Code::invalid_argument);
  EXPECT_THAT(found("Twice"), HasSubstr("Twice:1, Twice:2"));
}

TEST(FunctionNames, WhatIsNotDeployedIsNotFoundAndTheAnswerSaysWhatIs) {
  for (const char* qualifier : {"$LATEST", "prod", "4"}) {
    EXPECT_EQ(code("Echo", qualifier), Code::not_found) << qualifier;
    EXPECT_THAT(found("Echo", qualifier), HasSubstr("deployed on this core: Echo:3")) << qualifier;
  }
  EXPECT_THAT(found("Echo:4"), HasSubstr("Function not found: Echo:4; version 4 is not deployed; deployed"));
  EXPECT_THAT(found("Echo", "prod"), HasSubstr("Echo (prod); a core has versions, not aliases"));
  EXPECT_EQ(code("Echo:$LATEST"), Code::not_found);
  EXPECT_EQ(code("Other"), Code::not_found);
  EXPECT_THAT(found("Other"), HasSubstr("Echo:3, Twice:1, Twice:2"));
  EXPECT_EQ(code("arn:aws:lambda:eu-west-1:123456789012:function:Echo:3"), Code::not_found);
  EXPECT_EQ(code("210987654321:function:Echo"), Code::not_found);
  EXPECT_THAT(resolve_function("Echo", "", {}).error().message(), HasSubstr("no function is deployed"));
}

TEST(FunctionNames, QualifiersMustAgree) {
  EXPECT_EQ(code("Echo:3", "4"), Code::invalid_argument);
  EXPECT_THAT(found("Echo:3", "4"), HasSubstr("does not match"));
}

TEST(FunctionNames, MalformedNamesAreRefused) {
  for (const std::string name : {"", ":", "Echo:", "Echo:a:b", "a b", "../Echo", "arn:aws:s3:::x", "arn:", "x/y",
                                 "é:function:Echo", ":function:Echo"}) {
    EXPECT_EQ(code(name), Code::invalid_argument) << name;
  }
  EXPECT_EQ(code(std::string(1000, 'a')), Code::invalid_argument);
}

TEST(FunctionNames, TheListIsBounded) {
  std::vector<FunctionArn> many;
  for (int i = 0; i < 100; ++i) many.push_back(arn("f" + std::to_string(i), "1"));
  const std::string message = resolve_function("x", "", many).error().message();
  EXPECT_THAT(message, HasSubstr("and 80 more"));
}

}  // namespace
}  // namespace fescue
