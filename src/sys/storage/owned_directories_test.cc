// Directories get their owners, and no link is followed on the way.
#include "sys/storage/owned_directories.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

constexpr UserIds kUser{4711, 4711};

/// Only root can give away: as somebody else these tests have nothing to hold.
struct OwnedDirectories : testing::Test {
  void SetUp() override {
    if (::getuid() != 0) GTEST_SKIP() << "needs root";
    char name[] = "/tmp/fescue-owned-XXXXXX";
    root = ::mkdtemp(name);
  }
  void TearDown() override {
    if (!root.empty()) std::filesystem::remove_all(root);
  }

  Result<void> make() {
    const OwnedDirectory wishes[] = {{"ggc", 0755, DirectoryOwner::root},
                                     {"ggc/var/log", 0755, DirectoryOwner::root},
                                     {"ggc/var/log/system", 0700, DirectoryOwner::user}};
    return make_owned_directories(root, wishes, kUser);
  }
  struct stat status(const std::string& path) const {
    struct stat out {};
    EXPECT_EQ(::lstat((root + "/" + path).c_str(), &out), 0) << path;
    return out;
  }
  void give_to_user(const std::string& path) const {
    ASSERT_EQ(::lchown((root + "/" + path).c_str(), kUser.uid, kUser.gid), 0);
  }

  std::string root;
};

TEST_F(OwnedDirectories, TheLastIsTheUsersAndTheWayToItIsRoots) {
  ASSERT_TRUE(make());
  for (const char* path : {"ggc", "ggc/var", "ggc/var/log"}) {
    EXPECT_EQ(status(path).st_uid, 0U) << path;
    EXPECT_EQ(status(path).st_mode & 07777U, 0755U) << path;
  }
  EXPECT_EQ(status("ggc/var/log/system").st_uid, kUser.uid);
  EXPECT_EQ(status("ggc/var/log/system").st_mode & 07777U, 0700U);
  EXPECT_TRUE(make()) << "again";
}

TEST_F(OwnedDirectories, ALinkHandsNothingOver) {
  ASSERT_TRUE(make());
  std::filesystem::create_directory(root + "/prize");
  std::filesystem::create_directory(root + "/prize/system");
  for (const std::string path : {"ggc/var/log/system", "ggc/var/log", "ggc/var"}) {
    std::filesystem::remove_all(root + "/" + path);
    std::filesystem::create_directory_symlink(root + "/prize", root + "/" + path);
    const auto refused = make();
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code(), Code::conflict);
    EXPECT_THAT(refused.error().message(), HasSubstr("is a link or a file"));
    EXPECT_EQ(status("prize").st_uid, 0U);
    EXPECT_EQ(status("prize/system").st_uid, 0U);
    EXPECT_FALSE(std::filesystem::exists(root + "/prize/log"));
    std::filesystem::remove(root + "/" + path);
  }
}

TEST_F(OwnedDirectories, ParentsAreTakenBack) {
  ASSERT_TRUE(make());
  give_to_user("ggc");
  give_to_user("ggc/var/log");
  ASSERT_TRUE(make());
  EXPECT_EQ(status("ggc").st_uid, 0U);
  EXPECT_EQ(status("ggc/var/log").st_uid, 0U);
}

TEST_F(OwnedDirectories, WhereTheParentIsTheUsersNothingIsMadeForHim) {
  ASSERT_TRUE(make());
  const OwnedDirectory below[] = {{"ggc/var/log/system/old", 0700, DirectoryOwner::user}};
  ASSERT_TRUE(make_owned_directories(root, below, kUser));
  EXPECT_FALSE(std::filesystem::exists(root + "/ggc/var/log/system/old"));
}

TEST_F(OwnedDirectories, AThirdPartysDirectoryIsRefused) {
  ASSERT_TRUE(make());
  ASSERT_EQ(::chown((root + "/ggc/var/log/system").c_str(), 4712, 4712), 0);
  EXPECT_THAT(make().error().message(), HasSubstr("belongs to uid 4712"));
}

TEST_F(OwnedDirectories, WithoutAUserNothingChangesItsOwner) {
  ASSERT_TRUE(make());
  const OwnedDirectory wishes[] = {{"ggc/var/log/system", 0700, DirectoryOwner::root}};
  ASSERT_TRUE(make_owned_directories(root, wishes, std::nullopt));
  EXPECT_EQ(status("ggc/var/log/system").st_uid, kUser.uid);
}

}  // namespace
}  // namespace fescue
