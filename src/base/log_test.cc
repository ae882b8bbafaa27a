#include "base/log.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/json_escape.h"

namespace fescue {
namespace {

TEST(Log, LineHasV1Form) {
  EXPECT_EQ(log::format_line(log::Level::info, "T", "Created worker.", {{"pid", 7}, {"arn", "a\"b"}, {"pinned", true}}),
            "[T][INFO]-Created worker.\t{\"pid\":7,\"arn\":\"a\\\"b\",\"pinned\":true}");
  EXPECT_EQ(log::format_line(log::Level::warn, "T", "x", {}), "[T][WARN]-x");
}

TEST(Log, LevelsParse) {
  EXPECT_EQ(log::parse_level("FATAL").value(), log::Level::fatal);
  EXPECT_FALSE(log::parse_level("info"));
}

TEST(JsonQuote, EscapesControlCharacters) { EXPECT_EQ(json_quote("a\n\x01\\"), "\"a\\n\\u0001\\\\\""); }

TEST(Clock, TimestampsHaveFixedForm) {
  const WallTime time = from_epoch_milliseconds(1573451251435);
  EXPECT_EQ(iso8601_utc(time), "2019-11-11T05:47:31.435Z");
  EXPECT_EQ(lambda_timestamp(time), "2019-11-11T05:47:31.435+0000");
}

}  // namespace
}  // namespace fescue
