// Counting and cutting text that is not ASCII. What is well-formed is tested by those who refuse what is not.
#include "base/text/utf8.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(Utf8, CountsCharactersNotBytes) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("abc"), 3u);
  EXPECT_EQ(utf8_length("\u00fc\u20ac\U0001f98a"), 3u);
}

TEST(Utf8, IsCutBetweenCharacters) {
  EXPECT_EQ(utf8_start("abc", 3), "abc");
  EXPECT_EQ(utf8_start("abc", 2), "ab");
  EXPECT_EQ(utf8_start("a\u20acb", 3), "a");
  EXPECT_EQ(utf8_start("a\u20acb", 4), "a\u20ac");
  EXPECT_EQ(utf8_start("\u20ac", 2), "");
}

}  // namespace
}  // namespace fescue
