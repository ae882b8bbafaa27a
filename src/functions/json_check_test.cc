// What is exactly one JSON value, and what is not.
#include "functions/json_check.h"

#include <string>

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(JsonCheck, TakesEveryKindOfValue) {
  for (const char* text : {"{}", "[]", "null", "true", "-1.5e300", "\"a\\u00e9\"", " {\"a\": [1, {\"b\": \"ü\"}]}\n"}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
}

TEST(JsonCheck, RefusesWhatIsNotExactlyOneValue) {
  for (const char* text : {"", " ", "{", "{}{}", "{} x", "[1,]", "{'a':1}", "nul", "NaN", "01", "\"\xff\"", "// x\n1",
                           "{\"a\":1", "hello"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
  EXPECT_FALSE(is_json(std::string_view("1\0", 2)));
}

TEST(JsonCheck, DepthIsBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(is_json(nested(kMaxJsonDepth)));
  EXPECT_FALSE(is_json(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(is_json(nested(1000000)));
}

}  // namespace
}  // namespace fescue
