// Who gets a lock, and what the others are told.
#include "sys/storage/lock_file.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

TEST(LockFile, IsHeldByOneAtATime) {
  const TempDirectory directory;
  const std::string path = directory.path("lock");
  auto first = lock_file(path);
  ASSERT_TRUE(first) << first.error().message();
  struct stat made {};
  ASSERT_EQ(::stat(path.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 07777, 0600u);
  const auto second = lock_file(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::conflict);
  first->reset();
  EXPECT_TRUE(lock_file(path));
}

TEST(LockFile, SaysWhatIsWrongWithItsDirectory) {
  const auto lock = lock_file("/nonexistent/lock");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code(), Code::not_found);
}

}  // namespace
}  // namespace fescue
