// A bad byte is found at every place of texts of every length.
#include "mqtt/text.h"

#include <string>

#include <gtest/gtest.h>

namespace fescue::mqtt {
namespace {

TEST(Text, PlainTextOfEveryLengthIsFine) {
  for (std::size_t size = 1; size < 40; ++size) EXPECT_EQ(problem_of_topic(std::string(size, 'a')), "");
}

TEST(Text, OneBadByteIsFoundAtEveryPlace) {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\0';
      EXPECT_EQ(problem_of_topic(text), "contains NUL");
      text[at] = '#';
      EXPECT_EQ(problem_of_topic(text), "contains a wildcard");
      text[at] = '+';
      EXPECT_EQ(problem_of_topic(text), "contains a wildcard");
      text[at] = '\x80';
      EXPECT_EQ(problem_of_topic(text), "is not UTF-8");
      text[at] = '\x01';
      EXPECT_EQ(problem_of_topic(text), "");
    }
  }
}

TEST(Text, OtherAlphabetsAreFine) {
  EXPECT_EQ(problem_of_topic("größe/温度"), "");
  EXPECT_EQ(problem_of_filter("größe/+/温度/#"), "");
  EXPECT_EQ(problem_of_text(""), "");
}

TEST(Text, WildcardsFillALevel) {
  for (const char* good : {"#", "+", "/", "a/#", "a/+", "+/a", "+/+/#", "a//b", "/+/", "$a/#"}) {
    EXPECT_EQ(problem_of_filter(good), "") << good;
  }
  for (const char* bad : {"a#", "#a", "a+", "+a", "#/", "#/#", "++", "a/+b", "a/b#", "+#"}) {
    EXPECT_NE(problem_of_filter(bad), "") << bad;
  }
  EXPECT_EQ(problem_of_filter(""), "is empty");
}

TEST(Text, CountsLevels) {
  EXPECT_EQ(count_levels("a"), 1u);
  EXPECT_EQ(count_levels("a//b"), 3u);
  EXPECT_EQ(count_levels("/"), 2u);
}

}  // namespace
}  // namespace fescue::mqtt
