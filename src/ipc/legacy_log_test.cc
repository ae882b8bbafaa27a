// Bodies of old functions and the lines in them.
#include "ipc/legacy_log.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

std::string body_with(const std::string& events) {
  return R"({"logGroupName":"/Lambda/r/a/f","logStreamName":"fromPythonAppender","logEvents":[)" + events + "]}";
}

TEST(LegacyLog, ReadsLinesAndTheirLevels) {
  const auto batch = parse_legacy_log(body_with(R"({"timestamp":1573451251435,"message":"[WARN]-f.py:3,hot"},)"
                                                R"({"timestamp":1,"message":"plain"})"));
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->group, "/Lambda/r/a/f");
  EXPECT_EQ(batch->stream, "fromPythonAppender");
  ASSERT_EQ(batch->lines.size(), 2u);
  EXPECT_EQ(batch->lines[0].level, log::Level::warn);
  EXPECT_EQ(batch->lines[0].text, "f.py:3,hot");
  EXPECT_EQ(epoch_milliseconds(batch->lines[0].time), 1573451251435);
  EXPECT_EQ(batch->lines[1].level, log::Level::info);
  EXPECT_EQ(batch->lines[1].text, "plain");
}

TEST(LegacyLog, KeepsBracketsThatAreNoLevel) {
  const auto batch = parse_legacy_log(body_with(R"({"timestamp":1,"message":"[x]-y"})"));
  EXPECT_EQ(batch.value().lines[0].text, "[x]-y");
}

TEST(LegacyLog, RefusesNoEventsAndTooMuch) {
  EXPECT_FALSE(parse_legacy_log(body_with("")));
  EXPECT_FALSE(parse_legacy_log("{}"));
  EXPECT_FALSE(parse_legacy_log("no json"));
  EXPECT_FALSE(parse_legacy_log(body_with(R"({"timestamp":-1,"message":"x"})")));
  EXPECT_FALSE(parse_legacy_log(body_with(R"({"timestamp":1})")));
  std::string many;
  for (std::size_t i = 0; i <= kMaxLegacyLogEvents; ++i) many += R"({"timestamp":1,"message":""},)";
  many.pop_back();
  EXPECT_FALSE(parse_legacy_log(body_with(many)));
  const std::string big(kMaxLegacyLogBytes - kLegacyLogEventOverhead, 'x');
  EXPECT_TRUE(parse_legacy_log(body_with(R"({"timestamp":1,"message":")" + big + "\"}")));
  EXPECT_FALSE(parse_legacy_log(body_with(R"({"timestamp":1,"message":")" + big + "x\"}")));
}

}  // namespace
}  // namespace fescue
