// Files and directories on a real disk, and what a failed call leaves.
#include "sys/storage/file.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return root_ + "/" + name; }
  static mode_t mode_of(const std::string& path) {
    struct stat found = {};
    ::stat(path.c_str(), &found);
    return found.st_mode & 07777;
  }

  const TempDirectory own_;
  const std::string root_ = own_.path();
  FileSystem& files_ = real_file_system();
};

TEST_F(FileTest, WritesWholeFilesWithTheExactMode) {
  const mode_t old_mask = ::umask(0077);
  ASSERT_TRUE(files_.write_atomically(at("a"), "one", 0644));
  ::umask(old_mask);
  EXPECT_EQ(*files_.read(at("a"), 100), "one");
  EXPECT_EQ(mode_of(at("a")), 0644u);
  ASSERT_TRUE(files_.write_atomically(at("a"), "two", 0600));
  EXPECT_EQ(*files_.read(at("a"), 100), "two");
  EXPECT_EQ(mode_of(at("a")), 0600u);
  EXPECT_THAT(*files_.list(root_), ElementsAre("a"));
}

TEST_F(FileTest, LeavesNothingBesideAFailedWrite) {
  ASSERT_TRUE(files_.make_directories(at("taken/inner"), 0700));
  EXPECT_FALSE(files_.write_atomically(at("taken"), "x", 0600));
  EXPECT_THAT(*files_.list(root_), ElementsAre("taken"));
}

TEST_F(FileTest, ReadRefusesWhatIsTooLargeOrMissing) {
  ASSERT_TRUE(files_.write_atomically(at("a"), "12345", 0600));
  EXPECT_TRUE(files_.read(at("a"), 5));
  EXPECT_EQ(files_.read(at("a"), 4).error().code(), Code::too_large);
  EXPECT_EQ(files_.read(at("b"), 4).error().code(), Code::not_found);
  EXPECT_EQ(files_.read(root_, 4).error(), Error(Code::invalid_argument, root_ + ": is not a regular file"));
}

TEST_F(FileTest, ReadsPartsOfTheFileThatItOpened) {
  ASSERT_TRUE(files_.write_atomically(at("a"), "0123456789", 0600));
  const auto file = files_.open(at("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(files_.write_atomically(at("a"), "another", 0600));
  EXPECT_EQ(file->size(), 10u);
  EXPECT_EQ(*file->read(3, 4), "3456");
  EXPECT_EQ(*file->read(8, 100), "89");
  EXPECT_EQ(*file->read(10, 1), "");
  EXPECT_EQ(*file->read(99, 1), "");
  EXPECT_EQ(files_.open(at("b")).error().code(), Code::not_found);
  const auto shorter = files_.open(at("a"));
  ASSERT_EQ(::truncate(at("a").c_str(), 3), 0);
  EXPECT_EQ(shorter->read(0, 7).error().code(), Code::io);
}

TEST_F(FileTest, MakesDirectoriesOnce) {
  ASSERT_TRUE(files_.make_directories(at("x/y/z"), 0750));
  ASSERT_TRUE(files_.make_directories(at("x/y/z/"), 0750));
  EXPECT_EQ(mode_of(at("x/y")), 0750u);
  ASSERT_TRUE(files_.write_atomically(at("file"), "", 0600));
  EXPECT_EQ(files_.make_directories(at("file/below"), 0750).error().code(), Code::already_exists);
  EXPECT_TRUE(files_.make_directories("", 0750));
}

TEST_F(FileTest, RemovesTreesWithoutFollowingLinks) {
  ASSERT_TRUE(files_.make_directories(at("kept"), 0700));
  ASSERT_TRUE(files_.write_atomically(at("kept/file"), "x", 0600));
  ASSERT_TRUE(files_.make_directories(at("gone/inner"), 0700));
  std::filesystem::create_directory_symlink(at("kept"), at("gone/inner/link"));
  ASSERT_TRUE(files_.remove_tree(at("gone")));
  ASSERT_TRUE(files_.remove_tree(at("gone")));
  EXPECT_FALSE(files_.exists(at("gone")));
  EXPECT_TRUE(files_.exists(at("kept/file")));
}

TEST_F(FileTest, ListsNamesInOrder) {
  for (const char* name : {"b", "a", ".c"}) ASSERT_TRUE(files_.write_atomically(at(name), "", 0600));
  EXPECT_THAT(*files_.list(root_), ElementsAre(".c", "a", "b"));
  EXPECT_EQ(files_.list(at("none")).error().code(), Code::not_found);
}

TEST_F(FileTest, RenamesDirectoriesOverEmptyOnes) {
  ASSERT_TRUE(files_.make_directories(at("from/inner"), 0700));
  ASSERT_TRUE(files_.make_directories(at("to"), 0700));
  ASSERT_TRUE(files_.rename(at("from"), at("to")));
  EXPECT_THAT(*files_.list(at("to")), ElementsAre("inner"));
  EXPECT_EQ(files_.rename(at("from"), at("to")).error().code(), Code::not_found);
}

TEST_F(FileTest, DanglingLinksExist) {
  std::filesystem::create_symlink("nowhere", at("link"));
  EXPECT_TRUE(files_.exists(at("link")));
}

TEST_F(FileTest, FaultsHappenWhereTheTestSays) {
  FaultyFileSystem faulty(files_);
  faulty.fail_at(2);
  EXPECT_TRUE(faulty.write_atomically(at("a"), "1", 0600));
  EXPECT_FALSE(faulty.write_atomically(at("a"), "2", 0600));
  EXPECT_EQ(*faulty.read(at("a"), 9), "1");
  EXPECT_TRUE(faulty.write_atomically(at("a"), "3", 0600));
  EXPECT_EQ(faulty.changes(), 3);

  faulty.heal();
  faulty.fail_after(1);
  EXPECT_FALSE(faulty.write_atomically(at("a"), "4", 0600));
  EXPECT_EQ(*faulty.read(at("a"), 9), "4");

  faulty.heal();
  faulty.power_cut_at(2);
  EXPECT_TRUE(faulty.rename(at("a"), at("b")));
  EXPECT_FALSE(faulty.rename(at("b"), at("c")));
  EXPECT_FALSE(faulty.read(at("b"), 9));
  EXPECT_FALSE(faulty.remove_tree(at("b")));
  EXPECT_TRUE(files_.exists(at("b")));

  faulty.heal();
  faulty.set_free_bytes(4);
  EXPECT_TRUE(faulty.write_atomically(at("b"), "123", 0600));
  const auto full = faulty.write_atomically(at("b"), "12", 0600);
  EXPECT_THAT(full.error().message(), HasSubstr("No space left"));
}

TEST_F(FileTest, APipeIsNoFileAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files_.read(at("pipe"), 4).error().message(), at("pipe") + ": is not a regular file");
  EXPECT_EQ(files_.open(at("pipe")).error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace fescue
