// What is a number and what only begins like one.
#include "base/text/parse_number.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(ParseNumber, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_number<int>("-42"), -42);
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(parse_number<int>("ff", 16), 255);
  for (const char* text : {"", "-", "4x", " 4", "4 ", "+4", "4.0", "0x4"}) {
    EXPECT_FALSE(parse_number<int>(text)) << text;
  }
}

TEST(ParseNumber, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
  EXPECT_FALSE(parse_number<std::uint8_t>("256"));
  EXPECT_FALSE(parse_number<unsigned>("-1"));
}

}  // namespace
}  // namespace fescue
