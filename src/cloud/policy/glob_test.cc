// Wildcards of policies.
#include "cloud/policy/glob.h"

#include <gtest/gtest.h>

#include "cloud/policy/iot_action.h"

namespace fescue::cloud {
namespace {

bool matches(std::string_view pattern, std::string_view text) { return Glob::with_wildcards(pattern).matches(text); }

TEST(Glob, MatchesAsPoliciesDo) {
  for (const auto& [pattern, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"", ""},
                                                                  {"a", "a"},
                                                                  {"*", ""},
                                                                  {"*", "a/b"},
                                                                  {"a*", "a"},
                                                                  {"a*", "a/b"},
                                                                  {"*b", "a/b"},
                                                                  {"a*c", "abcbc"},
                                                                  {"a*b*c", "a//b//c"},
                                                                  {"a?c", "a/c"},
                                                                  {"??", "ab"},
                                                                  {"a/+/b", "a/+/b"},
                                                                  {"a/#", "a/#"},
                                                                  {"*a*a*", "xaxax"},
                                                                  {"a**b", "ab"},
                                                                  {"?*", "x"},
                                                                  {"t/?", "t/\xc3\xa4"},
                                                                  {"*?x", "\xc3\xa4x"},
                                                                  {"*\xc3\xa4?", "b\xc3\xa4\xc3\xb6"}}) {
    EXPECT_TRUE(matches(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"", "a"},
                                                                  {"a", ""},
                                                                  {"a", "A"},
                                                                  {"a", "ab"},
                                                                  {"a*", "b"},
                                                                  {"*b", "bc"},
                                                                  {"a?c", "ac"},
                                                                  {"a?c", "abbc"},
                                                                  {"??", "a"},
                                                                  {"a/+", "a/b"},
                                                                  {"a/#", "a/b"},
                                                                  {"a*b*c", "a/c/b"},
                                                                  {"?", ""},
                                                                  {"*a?", "a"},
                                                                  {"?", "\xc3\xa4\xc3\xb6"}}) {
    EXPECT_FALSE(matches(pattern, text)) << pattern << " " << text;
  }
}

TEST(Glob, PartsAreWhatTheyWereAddedAs) {
  Glob glob;
  glob.add_literal("a/*");
  glob.add_any();
  EXPECT_TRUE(glob.matches("a/*/b"));
  EXPECT_FALSE(glob.matches("a/b"));
  EXPECT_FALSE(glob.matches_everything());
  EXPECT_TRUE(Glob::with_wildcards("**").matches_everything());
}

TEST(Glob, TakesNoTimeThatGrowsWithoutBound) {
  std::string pattern, text(5000, 'a');
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", text));
  EXPECT_TRUE(matches(pattern, text));
}

TEST(IotActions, AreNamedByPatterns) {
  EXPECT_EQ(actions_matching("iot:Publish").count(), 1u);
  EXPECT_TRUE(actions_matching("IOT:publish")[static_cast<std::size_t>(IotAction::publish)]);
  EXPECT_EQ(actions_matching("iot:*").count(), kIotActions - 1);
  EXPECT_EQ(actions_matching("*").count(), kIotActions);
  EXPECT_EQ(actions_matching("greengrass:*").count(), 1u);
  EXPECT_EQ(actions_matching("iot:*ThingShadow").count(), 3u);
  EXPECT_EQ(actions_matching("iot:Pub").count(), 0u);
  EXPECT_EQ(actions_matching("s3:GetObject").count(), 0u);
}

}  // namespace
}  // namespace fescue::cloud
