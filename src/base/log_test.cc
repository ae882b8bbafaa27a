// Lines, levels and files of the log.
#include "base/log.h"

#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/json_escape.h"
#include "tests/fakes/temp_directory.h"

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

class LogFileTest : public testing::Test {
 protected:
  ~LogFileTest() override { log::to_stderr(); }
  std::uintmax_t bytes() const {
    std::uintmax_t sum = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory_)) sum += file.file_size();
    return sum;
  }
  static void fill() {
    for (int i = 0; i < 500; ++i) log::info("forty bytes of text, more or less, again and again");
  }
  const TempDirectory own_;
  const std::filesystem::path directory_ = own_.path();
};

TEST_F(LogFileTest, WaitsForNoReaderOfAPipe) {
  const std::filesystem::path pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto opened = log::to_file(pipe, 8192);
  EXPECT_EQ(opened.error().message(), pipe.string() + ": is not a regular file; remove it");
}

TEST_F(LogFileTest, StaysWithinItsLimitsAndIsTheOwnersAlone) {
  ASSERT_TRUE(log::to_file(directory_ / "x.log", 8192));
  fill();
  EXPECT_LE(bytes(), 8192U);
  ASSERT_TRUE(log::set_file_limit(16384));
  fill();
  EXPECT_LE(bytes(), 16384U);
  EXPECT_GT(bytes(), 8192U);
  for (const auto& file : std::filesystem::directory_iterator(directory_)) {
    EXPECT_EQ(file.status().permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_TRUE(std::filesystem::exists(directory_ / "x.1.log"));
}

TEST_F(LogFileTest, ASilencedStderrLeavesTheFile) {
  ASSERT_TRUE(log::to_file(directory_ / "x.log", 8192));
  log::silence_stderr();
  testing::internal::CaptureStderr();
  log::error("said elsewhere");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_GT(bytes(), 0U);
}

TEST(JsonQuote, EscapesControlCharacters) { EXPECT_EQ(json_quote("a\n\x01\\"), "\"a\\n\\u0001\\\\\""); }

TEST(Clock, TimestampsHaveFixedForm) {
  const WallTime time = from_epoch_milliseconds(1573451251435);
  EXPECT_EQ(iso8601_utc(time), "2019-11-11T05:47:31.435Z");
  EXPECT_EQ(lambda_timestamp(time), "2019-11-11T05:47:31.435+0000");
}

}  // namespace
}  // namespace fescue
