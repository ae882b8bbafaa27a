// What is read beneath the directory, and S3's names for the rest.
#include "cloud/packages/directory_packages.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_until.h"
#include "tests/fakes/temp_directory.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

class DirectoryPackagesTest : public testing::Test {
 protected:
  DirectoryPackagesTest() {
    std::filesystem::create_directories(own_.path("drop/bucket/team"));
    write("drop/bucket/team/f.zip", "PK");
    write("secret", "no");
    source_ = make_directory_packages(Fd(::open(own_.path("drop").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), pool_);
  }
  void write(const std::string& name, std::string_view content) { std::ofstream(own_.path(name)) << content; }

  /// The bytes, or the error's message.
  std::string fetch(PackageLocation where) {
    std::optional<Result<std::string>> got;
    asio::co_spawn(io_, source_->fetch(std::move(where)),
                   [&](std::exception_ptr, Result<std::string> result) { got = std::move(result); });
    EXPECT_TRUE(run_until(io_, [&] { return got.has_value(); }));
    return *got ? got->value() : got->error().message();
  }

  TempDirectory own_;
  asio::io_context io_;
  BlockingPool pool_{1};
  std::unique_ptr<PackageSource> source_;
};

TEST_F(DirectoryPackagesTest, KeysArePaths) {
  EXPECT_EQ(fetch({"bucket", "team/f.zip", ""}), "PK");
  for (const char* key : {"team/g.zip", "team", "team/f.zip/x", "nothing/here"}) {
    EXPECT_THAT(fetch({"bucket", key, ""}), HasSubstr("GetObject. S3 Error Code: NoSuchKey.")) << key;
  }
  EXPECT_THAT(fetch({"other", "f.zip", ""}), HasSubstr("NoSuchKey"));
  EXPECT_THAT(fetch({"bucket", "team/f.zip", "v1"}), HasSubstr("NoSuchVersion"));
}

TEST_F(DirectoryPackagesTest, NothingLeadsOut) {
  std::filesystem::create_symlink(own_.path("secret"), own_.path("drop/bucket/link"));
  std::filesystem::create_symlink("f.zip", own_.path("drop/bucket/team/own"));
  std::filesystem::create_directory_symlink(own_.path(), own_.path("drop/way"));
  const std::pair<std::string, std::string> locations[] = {
      {"bucket", "../../secret"}, {"bucket", "link"}, {"bucket", "team/own"}, {"way", "secret"}, {"..", "secret"}};
  for (const auto& [bucket, key] : locations) {
    EXPECT_THAT(fetch({bucket, key, ""}), HasSubstr("AccessDenied")) << bucket << "/" << key;
  }
  EXPECT_THAT(fetch({"bucket", own_.path("secret"), ""}), HasSubstr("AccessDenied"));
}

TEST_F(DirectoryPackagesTest, AKeyStaysInItsBucket) {
  std::filesystem::create_directories(own_.path("drop/other"));
  write("drop/other/f.zip", "PK other");
  EXPECT_EQ(fetch({"other", "f.zip", ""}), "PK other");
  for (const char* key : {"../other/f.zip", "team/../../other/f.zip", "/team/f.zip", "../bucket/team/f.zip"}) {
    EXPECT_THAT(fetch({"bucket", key, ""}), HasSubstr("AccessDenied")) << key;
  }
}

TEST_F(DirectoryPackagesTest, OnlyFilesAreRead) {
  ASSERT_EQ(::mkfifo(own_.path("drop/bucket/pipe").c_str(), 0600), 0);
  EXPECT_THAT(fetch({"bucket", "pipe", ""}), HasSubstr("not a file"));
}

}  // namespace
}  // namespace fescue::cloud
