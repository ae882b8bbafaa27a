// Updates, deltas and answers of shadows, and what is refused.
#include "engine/shadow/shadow_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

ShadowDocument apply(const ShadowDocument& document, std::string_view update, std::int64_t now = 10) {
  return updated_shadow(document, parse_shadow_update(update).value(), now).value();
}

std::string refusal(std::string_view update, const ShadowDocument& document = {}) {
  const auto parsed = parse_shadow_update(update);
  if (!parsed) return parsed.error().message();
  const auto next = updated_shadow(document, *parsed, 1);
  return next ? "accepted" : next.error().message();
}

TEST(ShadowDocument, MergesObjectsAndReplacesTheRest) {
  ShadowDocument shadow = apply({}, R"({"state":{"desired":{"a":{"x":1,"y":2},"list":[1,2],"s":"t"}}})", 10);
  shadow = apply(shadow, R"({"state":{"desired":{"a":{"y":3,"z":{"d":4}},"list":[3],"s":{"n":1}}}})", 20);
  EXPECT_EQ(json::value(shadow.desired), json::parse(R"({"a":{"x":1,"y":3,"z":{"d":4}},"list":[3],"s":{"n":1}})"));
  EXPECT_EQ(json::value(shadow.desired_metadata),
            json::parse(R"({"a":{"x":{"timestamp":10},"y":{"timestamp":20},"z":{"d":{"timestamp":20}}},
                            "list":[{"timestamp":20}],"s":{"n":{"timestamp":20}}})"));
  EXPECT_EQ(shadow.version, 2);
  EXPECT_EQ(shadow.timestamp, 20);
}

TEST(ShadowDocument, NullDeletesKeysAndSections) {
  ShadowDocument shadow = apply({}, R"({"state":{"desired":{"a":{"x":1},"b":2},"reported":{"c":3}}})");
  shadow = apply(shadow, R"({"state":{"desired":{"a":{"x":null},"nothing":null},"reported":null}})");
  EXPECT_EQ(json::value(shadow.desired), json::parse(R"({"b":2})"));
  EXPECT_EQ(json::value(shadow.desired_metadata), json::parse(R"({"b":{"timestamp":10}})"));
  EXPECT_TRUE(shadow.reported.empty() && shadow.reported_metadata.empty());
}

TEST(ShadowDocument, TheDeltaIsWhatIsDesiredAndNotReported) {
  const ShadowDocument shadow = apply(
      {}, R"({"state":{"desired":{"a":1,"b":{"x":1,"y":2},"c":[1],"d":4},"reported":{"a":1,"b":{"x":1},"c":[2],"e":5}},
              "clientToken":"t"})");
  EXPECT_EQ(json::value(shadow_delta(shadow)), json::parse(R"({"b":{"y":2},"c":[1],"d":4})"));
  const ShadowUpdate update = parse_shadow_update(R"({"state":{},"clientToken":"t"})").value();
  EXPECT_EQ(json::parse(delta_json(update, shadow)),
            json::parse(R"({"version":1,"timestamp":10,"clientToken":"t","state":{"b":{"y":2},"c":[1],"d":4},
              "metadata":{"b":{"y":{"timestamp":10}},"c":[{"timestamp":10}],"d":{"timestamp":10}}})"));
  EXPECT_TRUE(shadow_delta(apply(shadow, R"({"state":{"desired":null}})")).empty());
}

TEST(ShadowDocument, AnswersHaveTheFormOfAws) {
  const ShadowDocument before = apply({}, R"({"state":{"reported":{"r":1}}})", 10);
  const ShadowUpdate update = parse_shadow_update(R"({"state":{"desired":{"d":2,"gone":null}}})").value();
  const ShadowDocument after = updated_shadow(before, update, 20).value();
  EXPECT_EQ(json::parse(accepted_json(update, after)),
            json::parse(R"({"state":{"desired":{"d":2,"gone":null}},"metadata":{"desired":{"d":{"timestamp":20}}},
                            "version":2,"timestamp":20})"));
  EXPECT_EQ(json::parse(get_json(after, 30)),
            json::parse(R"({"state":{"desired":{"d":2},"reported":{"r":1},"delta":{"d":2}},"version":2,"timestamp":30,
                            "metadata":{"desired":{"d":{"timestamp":20}},"reported":{"r":{"timestamp":10}}}})"));
  const json::value documents = json::parse(documents_json(update, before, after));
  EXPECT_EQ(documents.at("previous").at("version"), 1);
  EXPECT_EQ(documents.at("current").at("state"), json::parse(R"({"desired":{"d":2},"reported":{"r":1}})"));
}

TEST(ShadowDocument, AVersionThatIsGivenMustBeTheCurrentOne) {
  const ShadowDocument shadow = apply({}, R"({"state":{"desired":{"a":1}}})");
  EXPECT_EQ(apply(shadow, R"({"state":{"desired":{"a":2}},"version":1})").version, 2);
  EXPECT_EQ(refusal(R"({"state":{"desired":{"a":2}},"version":2})", shadow), "Version conflict");
}

TEST(ShadowDocument, RefusesWhatIsWrong) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"", "Invalid JSON"},
      {"[]", "Invalid JSON"},
      {R"({"state":{"desired":{"x":-1e400}}})", "Invalid JSON"},
      {"{}", "Missing required node: state"},
      {R"({"state":5})", "State node must be an object"},
      {R"({"state":{"desired":5}})", "Desired node must be an object"},
      {R"({"state":{"reported":[]}})", "Reported node must be an object"},
      {R"({"state":{"delta":{}}})", "State contains an invalid node: 'delta'"},
      {R"({"state":{},"version":"1"})", "Invalid version"},
      {R"({"state":{},"version":-1})", "Invalid version"},
      {R"({"state":{},"clientToken":1})", "Invalid clientToken"},
      {R"({"state":{},"clientToken":")" + std::string(65, 't') + "\"}", "Invalid clientToken"},
      {R"({"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":9}}}}}}}}}})", "accepted"},
      {R"({"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":1}}}}}}}}}}})", "too many levels"},
      {R"({"state":{"desired":{"a":")" + std::string(9000, 'x') + "\"}}}", "exceeds the maximum size"},
      {R"({"state":{"desired":{"a":")" + std::string(90000, 'x') + "\"}}}", "exceeds the maximum size"},
      {std::string(100, '{'), "Invalid JSON"},
  };
  for (const auto& [update, expected] : cases) EXPECT_THAT(refusal(update), HasSubstr(expected)) << update;
}

}  // namespace
}  // namespace fescue
