// Links of this host's root, and links that a start would not follow.
#include "functions/launch/real_place.h"

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

TEST(RealPlace, WithoutLinksItIsThePath) {
  EXPECT_EQ(real_place("/"), "/");
  EXPECT_EQ(real_place("/usr/share/not/there"), "/usr/share/not/there");
  EXPECT_EQ(real_place("/etc/passwd/x"), "/etc/passwd/x");
}

TEST(RealPlace, DirectoriesThatMovedIntoUsrAreFollowed) {
  if (!std::filesystem::is_symlink("/lib")) GTEST_SKIP() << "/lib is a directory of its own here";
  EXPECT_EQ(real_place("/lib"), "/usr/lib");
  EXPECT_EQ(real_place("/lib/not/there"), "/usr/lib/not/there");
}

class RealPlaceOfRoot : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "makes directories of root's";
    std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  }
  void link(const std::string& target, const std::string& name) {
    ASSERT_EQ(::symlink(target.c_str(), directory_.path(name).c_str()), 0);
  }

  TempDirectory directory_{"/opt"};
};

TEST_F(RealPlaceOfRoot, ChainsAndDetoursAreFollowed) {
  link("../" + directory_.path().substr(5) + "/./second", "first");
  link("/etc", "second");
  EXPECT_EQ(real_place(directory_.path("first/x")), "/etc/x");
  link("../../../../..", "up");
  EXPECT_EQ(real_place(directory_.path("up/x")), "/x");
  link("loop", "loop");
  EXPECT_EQ(real_place(directory_.path("loop/x")), directory_.path("loop/x"));
}

TEST_F(RealPlaceOfRoot, LinksThatOthersMayHaveMadeAreNot) {
  link("/etc", "link");
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0777));
  EXPECT_EQ(real_place(directory_.path("link/x")), directory_.path("link/x"));
}

}  // namespace
}  // namespace fescue
