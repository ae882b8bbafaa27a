#include "lambda/interpreters.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/random.h"

namespace fescue {
namespace {

constexpr UserIds kStranger{54321, 54321};

class Interpreters : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("fescue-interpreters-" + random_alphanumeric(12));
    std::filesystem::create_directories(root_ / "bin");
    search_.directories = {(root_ / "bin").string(), (root_ / "local").string()};
    ::chmod(root_.c_str(), 0755);
    ::chmod((root_ / "bin").c_str(), 0755);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string put(const std::string& name, mode_t mode) {
    const std::string path = root_ / name;
    std::ofstream(path) << "#!/bin/sh\n";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  std::filesystem::path root_;
  InterpreterSearch search_;
};

TEST_F(Interpreters, TheExactNameInTheKnownDirectories) {
  const std::string path = put("bin/python3.11", 0755);
  EXPECT_EQ(*find_interpreter("python3.11", search_, kStranger), path);
  const auto other = find_interpreter("python3.1", search_, kStranger);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), Code::not_found);
  EXPECT_NE(other.error().message().find("runtime python3.1: there is no python3.1 in "), std::string::npos);
  EXPECT_NE(other.error().message().find("fescue.runtimes"), std::string::npos);
}

TEST_F(Interpreters, WhatTheUserCannotRunDoesNotCount) {
  const std::string path = put("bin/python3.11", 0750);
  const auto found = find_interpreter("python3.11", search_, kStranger);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::permission_denied);
  EXPECT_NE(found.error().message().find(path + " is closed to uid 54321 (mode 0750"), std::string::npos);
  EXPECT_TRUE(find_interpreter("python3.11", search_, UserIds{::getuid(), ::getgid()}));
}

TEST_F(Interpreters, ADirectoryOnTheWayCounts) {
  put("bin/python3.11", 0755);
  ::chmod(root_.c_str(), 0700);
  const auto found = find_interpreter("python3.11", search_, kStranger);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message().find(root_.string() + " is closed"), std::string::npos);
}

TEST_F(Interpreters, TheTargetOfALinkCountsWithItsDirectories) {
  std::filesystem::create_directories(root_ / "closed");
  const std::string target = put("closed/python", 0755);
  std::filesystem::create_symlink(target, root_ / "bin/python3.11");
  ::chmod((root_ / "closed").c_str(), 0755);
  EXPECT_TRUE(find_interpreter("python3.11", search_, kStranger));
  ::chmod((root_ / "closed").c_str(), 0700);
  EXPECT_FALSE(find_interpreter("python3.11", search_, kStranger));
}

TEST_F(Interpreters, TheConfigurationIsTheLastWord) {
  put("bin/python3.11", 0755);
  search_.configured["python3.11"] = put("own", 0755);
  EXPECT_EQ(*find_interpreter("python3.11", search_, kStranger), (root_ / "own").string());
  search_.configured["python3.11"] = (root_ / "absent").string();
  EXPECT_EQ(find_interpreter("python3.11", search_, kStranger).error().code(), Code::not_found);
}

TEST_F(Interpreters, ADirectoryOrAFileWithoutTheBitIsNoProgram) {
  std::filesystem::create_directories(root_ / "bin/python3.11");
  EXPECT_FALSE(find_interpreter("python3.11", search_, kStranger));
  put("bin/python3.12", 0644);
  EXPECT_FALSE(find_interpreter("python3.12", search_, UserIds{0, 0}));
}

}  // namespace
}  // namespace fescue
