// Ends of files that grow, are renamed and are truncated.
#include "sys/storage/log_tail.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

constexpr std::size_t kPlenty = 1024 * 1024;

class LogTail : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }
  void rotate() { std::filesystem::rename(path_, directory_ + "/x.1.log"); }
  std::string tail(std::size_t lines, std::size_t max_bytes = kPlenty) const {
    return tail_log(path_, lines, max_bytes).value().text;
  }
  /// Reads on from where it was.
  std::string more(std::size_t max_bytes = kPlenty) {
    const LogText got = read_log(path_, position_, max_bytes).value();
    position_ = got.next;
    return got.text;
  }

  const TempDirectory own_;
  const std::string directory_ = own_.path();
  const std::string path_ = directory_ + "/x.log";
  LogPosition position_;
};

TEST_F(LogTail, GivesTheLastLines) {
  write("one\ntwo\nthree\n");
  EXPECT_EQ(tail(0), "");
  EXPECT_EQ(tail(1), "three\n");
  EXPECT_EQ(tail(2), "two\nthree\n");
  EXPECT_EQ(tail(3), "one\ntwo\nthree\n");
  EXPECT_EQ(tail(100), "one\ntwo\nthree\n");
}

TEST_F(LogTail, GivesTheLastLineEvenIfItHasNoEnd) {
  write("one\ntwo");
  EXPECT_EQ(tail(1), "two");
}

TEST_F(LogTail, StartsAtALineWhenBytesAreBounded) {
  write("a long first line\nshort\n");
  EXPECT_EQ(tail(10, 12), "short\n");
}

TEST_F(LogTail, LooksIntoThePredecessor) {
  write("one\ntwo\n");
  rotate();
  write("three\n");
  EXPECT_EQ(tail(1), "three\n");
  EXPECT_EQ(tail(2), "two\nthree\n");
  EXPECT_EQ(tail(9), "one\ntwo\nthree\n");
}

TEST_F(LogTail, SaysThatThereIsNone) {
  EXPECT_EQ(tail_log(path_, 1, kPlenty).error().code(), Code::not_found);
  EXPECT_EQ(read_log(path_, {}, kPlenty).error().code(), Code::not_found);
}

TEST_F(LogTail, ReadsOnWholeLines) {
  write("one\n");
  position_ = tail_log(path_, 0, kPlenty).value().next;
  EXPECT_EQ(more(), "");
  write("two\nthr");
  EXPECT_EQ(more(), "two\n");
  EXPECT_EQ(more(), "");
  write("ee\n");
  EXPECT_EQ(more(), "three\n");
}

TEST_F(LogTail, ReadsOnThroughARename) {
  write("one\n");
  position_ = tail_log(path_, 0, kPlenty).value().next;
  write("two\nunfinished");
  rotate();
  write("three\n");
  EXPECT_EQ(more(), "two\n");
  EXPECT_EQ(more(), "unfinished");
  EXPECT_EQ(more(), "three\n");
  EXPECT_EQ(more(), "");
}

TEST_F(LogTail, BeginsAnewAfterTruncation) {
  write("one\ntwo\n");
  position_ = tail_log(path_, 0, kPlenty).value().next;
  std::filesystem::resize_file(path_, 0);
  write("three\n");
  EXPECT_EQ(more(), "three\n");
}

TEST_F(LogTail, CutsALineThatIsLongerThanTheBound) {
  write(std::string(100, 'x') + "\n");
  EXPECT_EQ(more(60), std::string(60, 'x'));
  EXPECT_EQ(more(60), std::string(40, 'x') + "\n");
}

TEST_F(LogTail, FollowsNoLink) {
  const std::string secret = own_.path() + "/secret";
  std::ofstream(secret) << "not for all\n";
  std::filesystem::create_symlink(secret, path_);
  EXPECT_EQ(tail_log(path_, 1, kPlenty).error().code(), Code::permission_denied);
  std::filesystem::create_directory(own_.path() + "/logs");
  std::ofstream(own_.path() + "/logs/x.log") << "mine\n";
  std::filesystem::create_directory_symlink(own_.path() + "/logs", own_.path() + "/elsewhere");
  EXPECT_TRUE(tail_log(own_.path() + "/logs/x.log", 1, kPlenty));
  EXPECT_EQ(tail_log(own_.path() + "/elsewhere/x.log", 1, kPlenty).error().code(), Code::permission_denied);
}

}  // namespace
}  // namespace fescue
