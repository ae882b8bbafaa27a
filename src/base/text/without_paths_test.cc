// What of a sentence is a path and what is not.
#include "base/text/without_paths.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(WithoutPaths, ReplacesWholePathsAlone) {
  EXPECT_EQ(without_paths("/var/lib/f/a.tmp: No space left on device"), "FILE: No space left on device");
  EXPECT_EQ(without_paths("writing \"/a/b\" (/c) failed."), "writing \"FILE\" (FILE) failed.");
  EXPECT_EQ(without_paths("rename /a to /b/c.: EIO"), "rename FILE to FILE.: EIO");
  EXPECT_EQ(without_paths("5 / 3, and/or arn:aws:iot:x:1:thing/a"), "5 / 3, and/or arn:aws:iot:x:1:thing/a");
  EXPECT_EQ(without_paths("a/"), "a/");
  EXPECT_EQ(without_paths(""), "");
}

}  // namespace
}  // namespace fescue
