// A file with every kind of answer, and each mistake by name.
#include "core/local_run/canned_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto parsed = parse_canned_answers(text);
  return parsed ? "taken" : parsed.error().message();
}

TEST(CannedAnswers, EveryKindOfAnswer) {
  const auto parsed = parse_canned_answers(R"({
    "functions": {"One": {"payload": null},
                  "Many:2": [{"error": "Handled", "payload": {"errorMessage": "no"}}, {"text": "a"}, {"base64": "AP8="}, {}]},
    "shadows": {"T": {"desired": {"a": 1}, "reported": {"b": [2]}}, "Broken": {"code": 500, "message": "no"}},
    "secrets": {"s": "x"}})");
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->functions.at("One").at(0).payload.view(), "null");
  const auto& many = parsed->functions.at("Many:2");
  ASSERT_EQ(many.size(), 4U);
  EXPECT_EQ(many[0].error, FunctionError::handled);
  EXPECT_EQ(many[0].payload.view(), R"({"errorMessage":"no"})");
  EXPECT_EQ(many[1].payload.view(), "a");
  EXPECT_EQ(many[2].payload.view(), std::string_view("\0\xff", 2));
  EXPECT_TRUE(many[3].payload.empty());
  EXPECT_EQ(parsed->shadows.at("T").stored.document.desired.at("a"), 1);
  EXPECT_EQ(parsed->shadows.at("Broken").failure, R"({"code":500,"message":"no"})");
  EXPECT_EQ(parsed->secrets.at("s"), "x");
  EXPECT_TRUE(parse_canned_answers("{}"));
}

TEST(CannedAnswers, MistakesAreNamed) {
  EXPECT_THAT(refusal("{"), HasSubstr("JSON"));
  EXPECT_EQ(refusal("[]"), "answers: must be an object");
  EXPECT_EQ(refusal(R"({"function": {}})"), "answers: \"function\" is none of functions, shadows, secrets");
  EXPECT_THAT(refusal(R"({"functions": {"A": {"paylod": 1}}})"), HasSubstr("functions[\"A\"]: \"paylod\" is none of"));
  EXPECT_THAT(refusal(R"({"functions": {"A": []}})"), HasSubstr("functions[\"A\"]: there is no answer in the list"));
  EXPECT_THAT(refusal(R"({"functions": {"A": {"error": "handled"}}})"), HasSubstr("neither Handled nor Unhandled"));
  EXPECT_THAT(refusal(R"({"functions": {"A": {"base64": "A"}}})"), HasSubstr("functions[\"A\"]"));
  EXPECT_THAT(refusal(R"({"functions": {"A": 1}})"), HasSubstr("functions[\"A\"]"));
  EXPECT_THAT(refusal(R"({"shadows": {"T": {"state": {}}}})"), HasSubstr("shadows[\"T\"]: \"state\" is none of"));
  EXPECT_THAT(refusal(R"({"shadows": {"T": {"desired": 1}}})"), HasSubstr("shadows[\"T\"]"));
  EXPECT_THAT(refusal(R"({"secrets": {"s": 1}})"), HasSubstr("secrets[\"s\"]"));
}

}  // namespace
}  // namespace fescue
