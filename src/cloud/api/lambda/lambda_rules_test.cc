// Which names are Lambda's, and which a typing error.
#include "cloud/api/lambda/lambda_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/group.h"

namespace fescue::cloud {
namespace {

TEST(LambdaRules, KnowsRuntimes) {
  for (const std::string_view name : std::initializer_list<std::string_view>{
           "python2.7", "python3.6", "python3.8", "python3.11", "nodejs6.10", "nodejs8.10", "nodejs12.x", "nodejs24.x",
           "java8", "java8.al2", "java21", "provided", "provided.al2023", "go1.x", "ruby3.2", kExecutableRuntime}) {
    EXPECT_TRUE(is_runtime(name)) << name;
  }
  for (const std::string_view name : {"", "python", "python9.9", "python3", "python3.", "python3.5", "python3.011",
                                      "python3.1111", "python2.6", "nodejs12", "nodejs9.x", "nodejs12.y", "node12.x",
                                      "java7", "Python3.8", "provided.al1", "arn:aws:lambda:::runtime/x"}) {
    EXPECT_FALSE(is_runtime(name)) << name;
  }
  EXPECT_THAT(unknown_runtime("python9.9"),
              testing::StartsWith("Value python9.9 at 'runtime' failed to satisfy constraint"));
}

TEST(LambdaRules, KeysAreALetterAndMore) {
  for (const std::string_view name : {"AB", "a_", "Level2"}) EXPECT_TRUE(is_environment_key(name)) << name;
  for (const std::string_view name : {"", "A", "1A", "_A", "A-B", "A=B",
                                      "\xc3\xa4"
                                      "b"}) {
    EXPECT_FALSE(is_environment_key(name)) << name;
  }
}

TEST(LambdaRules, NamesTheKeysThatAreReserved) {
  EXPECT_EQ(reserved_keys_in({{"MODE", "1"}}), "");
  EXPECT_EQ(reserved_keys_in({{"AWS_REGION", "x"}, {"MODE", "1"}, {"LAMBDA_TASK_ROOT", "y"}}),
            "AWS_REGION, LAMBDA_TASK_ROOT");
}

}  // namespace
}  // namespace fescue::cloud
