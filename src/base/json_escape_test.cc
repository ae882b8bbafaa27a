// Quoting, and lengths of UTF-8 sequences.
#include "base/json_escape.h"

#include <gtest/gtest.h>

#include "base/text/utf8.h"

namespace fescue {
namespace {

TEST(JsonQuote, EscapesWhatJsonWants) {
  EXPECT_EQ(json_quote(""), R"("")");
  EXPECT_EQ(json_quote("plain text"), R"("plain text")");
  EXPECT_EQ(json_quote("\"\\\n\r\t"), R"("\"\\\n\r\t")");
  EXPECT_EQ(json_quote(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\\u007f\"");
}

TEST(JsonQuote, PassesUtf8AndReplacesWhatIsNone) {
  EXPECT_EQ(json_quote("größe \xE2\x82\xAC \xF0\x9F\xA6\x8A"), "\"größe \xE2\x82\xAC \xF0\x9F\xA6\x8A\"");
  EXPECT_EQ(json_quote("a\xC8"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(json_quote("\xE2\x82x"), "\"\xEF\xBF\xBD\xEF\xBF\xBDx\"");
  EXPECT_EQ(json_quote("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
}

TEST(Utf8, SequencesAreMeasured) {
  EXPECT_EQ(utf8_sequence(""), 0u);
  EXPECT_EQ(utf8_sequence("ab"), 1u);
  EXPECT_EQ(utf8_sequence("\xC3\xB6x"), 2u);
  EXPECT_EQ(utf8_sequence("\xF0\x9F\xA6\x8A"), 4u);
  EXPECT_EQ(utf8_sequence("\xF0\x9F\xA6"), 0u);
  EXPECT_EQ(utf8_sequence("\x80"), 0u);
}

}  // namespace
}  // namespace fescue
