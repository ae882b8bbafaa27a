// Lines of mountinfo as kernels write them, and others.
#include "base/text/mount_info.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(MountInfo, OptionalFieldsMayBeAnyNumber) {
  const auto mounts = parse_mountinfo(
      "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n"
      "41 27 0:50 /sub /mnt/share rw shared:2 master:3 - nfs4 server:/x ro\n");
  ASSERT_EQ(mounts.size(), 2u);
  EXPECT_EQ(mounts[0].point, "/");
  EXPECT_EQ(mounts[0].options, "rw,discard");
  EXPECT_EQ(mounts[1].id, "41");
  EXPECT_EQ(mounts[1].device, "0:50");
  EXPECT_EQ(mounts[1].root, "/sub");
  EXPECT_EQ(mounts[1].point, "/mnt/share");
  EXPECT_EQ(mounts[1].type, "nfs4");
}

TEST(MountInfo, EscapedNamesAreRead) {
  const auto mounts = parse_mountinfo("30 27 8:2 /a\\011b /my\\040disk\\134x\\9 rw - ext4 a rw");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].root, "/a\tb");
  EXPECT_EQ(mounts[0].point, "/my disk\\x\\9");
}

TEST(MountInfo, BrokenLinesAreNothing) {
  EXPECT_TRUE(
      parse_mountinfo("\n30\n30 27 8:2 /\n30 27 8:2 / /x rw shared:1\n30 27 8:2 / /y rw -\n1 2 3 - \n").empty());
}

}  // namespace
}  // namespace fescue
