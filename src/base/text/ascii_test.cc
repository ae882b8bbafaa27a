// What belongs to each class, asked of every char.
#include "base/text/ascii.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

/// How many of all chars are in the class.
template <class Class>
int count(Class is_member) {
  int members = 0;
  for (int c = -128; c < 128; ++c) members += is_member(static_cast<char>(c)) ? 1 : 0;
  return members;
}

TEST(Ascii, ClassesHoldNothingElse) {
  EXPECT_EQ(count(is_digit), 10);
  EXPECT_EQ(count(is_lower), 26);
  EXPECT_EQ(count(is_upper), 26);
  EXPECT_EQ(count(is_alphanumeric), 62);
  EXPECT_TRUE(is_digit('0') && is_digit('9') && is_lower('a') && is_lower('z') && is_upper('A') && is_upper('Z'));
}

TEST(Ascii, LowersLettersOnly) {
  EXPECT_EQ(to_lower('A'), 'a');
  EXPECT_EQ(to_lower('Z'), 'z');
  EXPECT_EQ(count([](char c) { return to_lower(c) != c; }), 26);
}

TEST(Ascii, KnowsHexadecimalDigitsOfEitherCase) {
  EXPECT_EQ(count([](char c) { return hex_digit_value(c) >= 0; }), 22);
  EXPECT_EQ(hex_digit_value('9'), 9);
  EXPECT_EQ(hex_digit_value('a'), 10);
  EXPECT_EQ(hex_digit_value('F'), 15);
}

}  // namespace
}  // namespace fescue
