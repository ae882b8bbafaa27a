// Which lines of mountinfo a container shows, in which order.
#include "sandbox/container/host_mounts.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

using Points = std::vector<std::string>;

TEST(HostMounts, FileSystemsWithFilesAreShown) {
  EXPECT_EQ(shown_host_mounts("27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
                              "40 27 8:1 / /usr ro,relatime shared:1 - squashfs /dev/loop0 ro\n"
                              "41 27 0:50 /sub /mnt/share rw shared:2 master:3 - nfs4 server:/x rw\n"),
            (Points{"/mnt/share", "/usr"}));
}

TEST(HostMounts, WindowsOfTheKernelAndMemoryAreNot) {
  EXPECT_EQ(shown_host_mounts("22 27 0:21 / /proc rw - proc proc rw\n"
                              "23 27 0:22 / /sys rw - sysfs sysfs rw\n"
                              "28 23 0:25 / /elsewhere rw - cgroup2 cgroup2 rw\n"
                              "29 27 0:26 / /scratch rw - tmpfs tmpfs rw\n"),
            Points{});
}

TEST(HostMounts, PlacesThatAContainerHasOfItsOwnAreNot) {
  EXPECT_EQ(shown_host_mounts("30 27 8:2 / /tmp rw - ext4 /dev/vdb rw\n"
                              "31 27 8:3 / /run/media/usb rw - vfat /dev/sda1 rw\n"
                              "32 27 8:4 / /dev/hugepages rw - ext4 x rw\n"
                              "33 27 8:5 / /runtime rw - ext4 x rw\n"),
            Points{"/runtime"});
}

TEST(HostMounts, ParentsComeFirstAndOnce) {
  EXPECT_EQ(shown_host_mounts("30 27 8:2 / /data/inner rw - ext4 a rw\n"
                              "31 27 8:3 / /data rw - ext4 b rw\n"
                              "32 31 8:4 / /data rw - ext4 c rw\n"),
            (Points{"/data", "/data/inner"}));
}

TEST(HostMounts, EscapedNamesAreRead) {
  EXPECT_EQ(shown_host_mounts("30 27 8:2 / /my\\040disk\\134x rw - ext4 a rw"), Points{"/my disk\\x"});
}

TEST(HostMounts, BrokenLinesAreNothing) {
  EXPECT_EQ(shown_host_mounts("\n30\n30 27 8:2 /\n30 27 8:2 / /x rw shared:1\n30 27 8:2 / /y rw -\n"), Points{});
}

}  // namespace
}  // namespace fescue
