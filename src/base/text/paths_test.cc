// Paths that are near each other, and names that are no names.
#include "base/text/paths.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(Paths, ADirectoryHoldsItselfAndWhatIsBelow) {
  EXPECT_TRUE(is_within("/var", "/var"));
  EXPECT_TRUE(is_within("/var/x", "/var"));
  EXPECT_FALSE(is_within("/variety", "/var"));
  EXPECT_FALSE(is_within("/va", "/var"));
  EXPECT_TRUE(is_within("/x", "/"));
}

TEST(Paths, AFileNameHasNoDirectory) {
  EXPECT_TRUE(is_file_name("bootstrap"));
  EXPECT_TRUE(is_file_name("...x"));
  for (const char* text : {"", ".", "..", "a/b", "/a", "a/"}) EXPECT_FALSE(is_file_name(text)) << text;
}

TEST(Paths, ParentsAndLastNames) {
  EXPECT_EQ(parent_of("/a/b"), "/a");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("a/b"), "a");
  EXPECT_EQ(parent_of("a"), "");
  EXPECT_EQ(last_name_of("/a/b"), "b");
  EXPECT_EQ(last_name_of("b"), "b");
  EXPECT_EQ(last_name_of("a/"), "");
}

}  // namespace
}  // namespace fescue
