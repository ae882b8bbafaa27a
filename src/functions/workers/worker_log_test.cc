// Lines from pipes into files of bounded size, and files that others move or that cannot be written.
#include "functions/workers/worker_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::regex kStamp(R"(\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)\])");

class Logs : public ::testing::Test {
 protected:
  static FunctionArn arn(const char* version) {
    return *FunctionArn::parse(std::string("arn:aws:lambda:us-west-2:123456789012:function:Echo:") + version);
  }
  std::string path() const { return root_ / "us-west-2/123456789012/Echo.log"; }
  std::string predecessor() const { return root_ / "us-west-2/123456789012/Echo.1.log"; }
  static std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  /// The lines without their stamps.
  std::vector<std::string> lines() const {
    std::vector<std::string> found;
    std::istringstream text(content(path()));
    for (std::string line; std::getline(text, line);) found.push_back(std::regex_replace(line, kStamp, ""));
    return found;
  }

  const TempDirectory own_;
  const std::filesystem::path root_ = own_.path();
  FunctionLogs logs_{root_};
};

TEST_F(Logs, LinesAreStampedInAFileThatAllVersionsShare) {
  logs_.of(arn("1"))->write(log::Level::info, "one\ntwo\n");
  logs_.of(arn("2"))->write(log::Level::error, "three\n");
  EXPECT_THAT(lines(), ElementsAre("[INFO]-one", "[INFO]-two", "[ERROR]-three"));
  struct stat status;
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(Logs, LowerLevelsAreLeftOutAndTheLevelMayChange) {
  const auto log = logs_.of(arn("1"));
  log->write(log::Level::debug, "no\n");
  logs_.set_limits({.level = log::Level::debug});
  log->write(log::Level::debug, "yes\n");
  log->write(log::Level::trace, "no\n");
  EXPECT_THAT(lines(), ElementsAre("[DEBUG]-yes"));
}

TEST_F(Logs, TwoFilesStayWithinTheSpace) {
  logs_.set_limits({.space = 8 * 1024});
  const auto log = logs_.of(arn("1"));
  std::string many;
  for (int line = 0; line < 300; ++line) many += fmt::format("line {}\n", line);
  for (int round = 0; round < 20; ++round) {
    log->write(log::Level::info, many);
    EXPECT_LE(std::filesystem::file_size(path()) + std::filesystem::file_size(predecessor()), 8U * 1024);
  }
  EXPECT_EQ(lines().back(), "[INFO]-line 299");
}

TEST_F(Logs, AFileThatWasMovedOrRemovedIsBegunAnew) {
  const auto log = logs_.of(arn("1"));
  log->write(log::Level::info, "one\n");
  std::filesystem::rename(path(), path() + ".old");
  log->write(log::Level::info, "two\n");
  EXPECT_THAT(lines(), ElementsAre("[INFO]-two"));
  std::filesystem::remove(path());
  log->write(log::Level::info, "three\n");
  EXPECT_THAT(lines(), ElementsAre("[INFO]-three"));
}

TEST_F(Logs, AnExistingFileIsContinued) {
  logs_.of(arn("1"))->write(log::Level::info, "one\n");
  FunctionLogs(root_).of(arn("1"))->write(log::Level::info, "two\n");
  EXPECT_THAT(lines(), ElementsAre("[INFO]-one", "[INFO]-two"));
}

TEST_F(Logs, WhatCannotBeWrittenIsCounted) {
  std::filesystem::create_directories(path());  // a directory is in the way
  const auto log = logs_.of(arn("1"));
  log->write(log::Level::info, "lost\n");
  EXPECT_GT(log->lost_bytes(), 4U);
  std::filesystem::remove(path());
  log->write(log::Level::info, "kept\n");
  EXPECT_THAT(lines(), ElementsAre("[INFO]-kept"));
}

TEST_F(Logs, NoLinkIsFollowed) {
  std::filesystem::create_directories(std::filesystem::path(path()).parent_path());
  std::filesystem::create_symlink("/dev/full", path());
  logs_.of(arn("1"))->write(log::Level::info, "x\n");
  EXPECT_GT(logs_.of(arn("1"))->lost_bytes(), 0U);
}

// Lines.

class Lines : public ::testing::Test {
 protected:
  void add(std::string_view bytes) {
    splitter_.add(bytes, [this](std::string_view line) { lines_.emplace_back(line); });
  }
  void finish() {
    splitter_.finish([this](std::string_view line) { lines_.emplace_back(line); });
  }
  LineSplitter splitter_;
  std::vector<std::string> lines_;
};

TEST_F(Lines, ArriveInPieces) {
  add("on");
  EXPECT_THAT(lines_, IsEmpty());
  add("e\ntwo\nthr");
  add("ee");
  EXPECT_THAT(lines_, ElementsAre("one", "two"));
  finish();
  EXPECT_THAT(lines_, ElementsAre("one", "two", "three"));
}

TEST_F(Lines, EmptyOnesAndReturnsAreLeftOut) {
  add("\n\none\r\n\n");
  finish();
  EXPECT_THAT(lines_, ElementsAre("one"));
}

TEST_F(Lines, NothingInALineCanLookLikeAnother) {
  add(std::string_view("a\0b\x1b[31m\tc\rd\n", 13));
  EXPECT_THAT(lines_, ElementsAre("a b [31m\tc d"));
}

TEST_F(Lines, LongOnesAreCut) {
  add(std::string(kMaxLogLine, 'x') + "\n" + std::string(2 * kMaxLogLine + 1, 'y'));
  finish();
  ASSERT_EQ(lines_.size(), 4U);
  EXPECT_EQ(lines_[0], std::string(kMaxLogLine, 'x'));
  EXPECT_EQ(lines_[2], std::string(kMaxLogLine, 'y'));
  EXPECT_EQ(lines_[3], "y");
}

// Pipes.

class Outputs : public Logs {
 protected:
  void SetUp() override {
    logs_.set_limits({.level = log::Level::trace, .space = 64 * 1024 * 1024});
    auto made = WorkerOutput::make(io_, logs_.of(arn("1")));
    ASSERT_TRUE(made);
    output_ = std::move(made->output);
    ends_ = std::move(made->write_ends);
    output_->start();
  }
  void say(Output output, std::string_view text) {
    const int fd = ends_[static_cast<std::size_t>(output) - 1].get();
    EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  asio::io_context io_;
  std::shared_ptr<WorkerOutput> output_;
  std::array<Fd, kOutputs> ends_;
};

TEST_F(Outputs, EachPipeIsALevel) {
  for (const auto& [output, text] :
       {std::pair(Output::info, "i\n"), std::pair(Output::error, "e\n"), std::pair(Output::debug, "d\n"),
        std::pair(Output::warn, "w\n"), std::pair(Output::fatal, "f\n"), std::pair(Output::trace, "t\n")}) {
    say(output, text);
    io_.poll();
  }
  EXPECT_THAT(lines(), ElementsAre("[INFO]-i", "[ERROR]-e", "[DEBUG]-d", "[WARN]-w", "[FATAL]-f", "[TRACE]-t"));
}

TEST_F(Outputs, TheLoopHasNothingLeftToDoWhenAllHaveEnded) {
  say(Output::info, "no newline");
  ends_ = {};
  output_.reset();
  io_.run();  // returns: nobody waits any more
  EXPECT_THAT(lines(), ElementsAre("[INFO]-no newline"));
}

TEST_F(Outputs, DrainTakesWhatIsThereAndClosesWhatOthersHoldOpen) {
  say(Output::info, "last words");
  output_->drain();
  EXPECT_THAT(lines(), ElementsAre("[INFO]-last words"));
  output_.reset();
  io_.run();
}

TEST_F(Outputs, TheTailIsWhatWasPrintedBetweenBeginAndEnd) {
  logs_.set_limits({.level = log::Level::info});
  say(Output::info, "before\n");
  output_->start_tail();
  say(Output::info, "one\n");
  io_.poll();
  say(Output::error, "two\n");  // still in the pipe when the tail ends
  say(Output::debug, "too low\n");
  const std::string tail = output_->end_tail();
  say(Output::info, "after\n");
  io_.poll();
  EXPECT_EQ(std::regex_replace(tail, kStamp, ""), "[INFO]-one\n[ERROR]-two\n");
  EXPECT_THAT(lines(), ElementsAre("[INFO]-before", "[INFO]-one", "[ERROR]-two", "[INFO]-after"));
  EXPECT_EQ(output_->end_tail(), "");
}

TEST_F(Outputs, TheTailHasItsEndOnly) {
  output_->start_tail();
  for (int line = 0; line < 1000; ++line) {
    say(Output::info, fmt::format("line {}\n", line));
    io_.poll();
  }
  const std::string tail = output_->end_tail();
  EXPECT_EQ(tail.size(), kMaxLogTail);
  EXPECT_TRUE(tail.ends_with("-line 999\n"));
}

TEST_F(Outputs, AFloodTakesOneBoundedReadInATurn) {
  ASSERT_GE(::fcntl(ends_[0].get(), F_SETPIPE_SZ, 256 * 1024), 256 * 1024);
  std::string flood;
  while (flood.size() < 200 * 1024) flood += "a line of a flood that never seems to end\n";
  say(Output::info, flood);
  bool seen = false;
  std::size_t lines_before = 0;
  io_.poll_one();
  asio::post(io_, [&] {
    seen = true;
    lines_before = lines().size();
  });
  while (!seen) io_.poll_one();
  EXPECT_LT(lines_before, 2 * 16 * 1024 / 42 + 2U);
  io_.poll();
  EXPECT_EQ(lines().size(), flood.size() / 42);
}

}  // namespace
}  // namespace fescue
