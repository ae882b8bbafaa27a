// What a terminal would obey is shown as text.
#include "base/printable.h"

#include <gtest/gtest.h>

#include "base/json_escape.h"
#include "base/log.h"

namespace fescue {
namespace {

TEST(Printable, CommandsToATerminalAreWrittenOut) {
  EXPECT_EQ(printable("\x1b[2J\x07 a\x7f", LineEnds::keep), "\\x1b[2J\\x07 a\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m",
                      LineEnds::keep),
            "\\u009b31m")
      << "C1";
  EXPECT_EQ(printable("a\xff\x9b", LineEnds::keep), "a\\xff\\x9b");
}

TEST(Printable, SoAreOverridesOfDirection) {
  EXPECT_EQ(printable("\u202e\u2066x\u061c\u200f", LineEnds::keep), "\\u202e\\u2066x\\u061c\\u200f");
}

TEST(Printable, TextStays) {
  EXPECT_EQ(printable("a\tä \u4e2d \U0001f600", LineEnds::escape), "a\tä \u4e2d \U0001f600");
}

TEST(Printable, LineEndsStayWhereTheyMay) {
  EXPECT_EQ(printable("a\nb\r", LineEnds::keep), "a\nb\\r");
  EXPECT_EQ(printable("a\nb\u2028", LineEnds::escape), "a\\nb\\u2028");
}

TEST(Printable, ALogLineIsOneLineWhateverIsInIt) {
  EXPECT_EQ(log::format_line(log::Level::error, "T", "x\n[T][INFO]-all is well", {{"\x1b", "\u202e\x7f"}}),
            "[T][ERROR]-x\\n[T][INFO]-all is well\t{\"\\u001b\":\"\\u202e\\u007f\"}");
}

TEST(Printable, JsonOfItStaysJson) { EXPECT_EQ(json_quote("\u009b\u202e"), "\"\\u009b\\u202e\""); }

}  // namespace
}  // namespace fescue
