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

TEST(JsonCheck, SurrogatesMayStandAlone) {
  for (const char* text : {R"({"k":"\ud800"})", R"(["\udc00\ud800", "\uD83D\uDE00"])", R"({"\uDFFF":1})"}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
  for (const char* text : {R"("\ud8")", R"("\ud80g")", R"({\ud800:1})", R"("\ud800)", "\"\xed\xa0\x80\""}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
  EXPECT_TRUE(is_json(R"("\\ud800")"));  // a backslash, and letters
}

TEST(JsonCheck, PythonKnowsNumbersWithoutDigits) {
  for (const char* text : {"NaN", "-Infinity", R"({"a": [NaN, Infinity], "b": "NaN\ud800"})"}) {
    EXPECT_TRUE(is_json(text, JsonDialect::python)) << text;
    EXPECT_FALSE(is_json(text)) << text;
  }
  for (const char* text : {"-NaN", "1NaN", "NaN1", "NaNNaN", "{NaN:1}", "Infinit", "nan", "[NaN", "- Infinity"}) {
    EXPECT_FALSE(is_json(text, JsonDialect::python)) << text;
  }
  EXPECT_EQ(json_dialect_of("python2.7"), JsonDialect::python);
  EXPECT_EQ(json_dialect_of("nodejs12.x"), JsonDialect::standard);
}

TEST(JsonCheck, KnowsObjects) {
  EXPECT_TRUE(is_json_object(" {\"custom\":{\"k\":\"\\udead\"}}"));
  for (const char* text : {"", " ", "[]", "1", "{"}) EXPECT_FALSE(is_json_object(text)) << text;
}

TEST(JsonCheck, DepthIsBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(is_json(nested(kMaxJsonDepth)));
  EXPECT_FALSE(is_json(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(is_json(nested(1000000)));
}

}  // namespace
}  // namespace fescue
