// What is copied, what is left alone, and what becomes of runtimes when there is no room for new ones.
#include "core/runtime_files.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

namespace fs = std::filesystem;

ino_t inode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_ino;
}

class RuntimeFiles : public testing::Test {
 protected:
  Result<void> install() { return install_runtimes(find_installation("").value(), target_); }

  const TempDirectory directory_;
  const std::string target_ = directory_.path("runtime");
  const std::string module_ = target_ + "/python/lambda_runtime.py";
};

TEST_F(RuntimeFiles, AreCopiedOnce) {
  ASSERT_TRUE(install());
  EXPECT_TRUE(fs::exists(target_ + "/python/greengrasssdk/__init__.py"));
  EXPECT_TRUE(fs::exists(target_ + "/nodejs/modules/aws-greengrass-core-sdk"));
  EXPECT_TRUE(fs::is_directory(target_ + "/java"));
  const ino_t before = inode_of(module_);
  ASSERT_TRUE(install());
  EXPECT_EQ(inode_of(module_), before) << "what is there is used";
}

TEST_F(RuntimeFiles, WhatDiffersIsReplacedAsAWhole) {
  ASSERT_TRUE(install());
  const ino_t before = inode_of(module_);
  fs::remove(target_ + "/python/greengrasssdk/__init__.py");
  ASSERT_TRUE(install());
  EXPECT_TRUE(fs::exists(target_ + "/python/greengrasssdk/__init__.py"));
  EXPECT_NE(inode_of(module_), before);
  std::ofstream(target_ + "/python/of_an_older_version.py") << "";
  ASSERT_TRUE(install());
  EXPECT_FALSE(fs::exists(target_ + "/python/of_an_older_version.py"));
  std::ofstream(module_, std::ios::app) << "# changed";
  ASSERT_TRUE(install());
  EXPECT_NE(fs::file_size(module_), 0u);
  EXPECT_EQ(fs::exists(target_ + ".new"), false);
}

TEST_F(RuntimeFiles, WhereNothingIsAndNothingCanBeMadeIsAnError) {
  const auto installed = install_runtimes(find_installation("").value(), "/proc/self/runtime");
  ASSERT_FALSE(installed);
  EXPECT_NE(installed.error().message().find("/proc/self/runtime"), std::string::npos);
}

}  // namespace
}  // namespace fescue
