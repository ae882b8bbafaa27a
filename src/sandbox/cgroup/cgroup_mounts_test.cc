// mountinfo of hosts with v1, v2 and both, and what is nonsense in it.
#include "sandbox/cgroup/cgroup_mounts.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(CgroupMounts, AHybridHostHasBoth) {
  const auto found = find_cgroup_mounts(
      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
      "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
      "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n",
      "9:name=systemd:/a\n4:memory:/nested/group\n1:cpu,cpuacct:/\n0::/v2/group\n");
  EXPECT_EQ(found.v1.at("memory"), (CgroupMount{"/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/nested/group"}));
  EXPECT_EQ(found.v1.at("cpu"), (CgroupMount{"/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"}));
  EXPECT_EQ(found.v1.at("cpuacct"), found.v1.at("cpu"));
  EXPECT_FALSE(found.v1.contains("pids"));
  EXPECT_FALSE(found.v1.contains("rw"));
  EXPECT_EQ(found.v2, (CgroupMount{"/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/v2/group"}));
}

TEST(CgroupMounts, APureHostHasV2Alone) {
  const auto found =
      find_cgroup_mounts("30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/system.slice/fescue.service\n");
  EXPECT_TRUE(found.v1.empty());
  EXPECT_EQ(found.v2, (CgroupMount{"/sys/fs/cgroup", "/sys/fs/cgroup/system.slice/fescue.service"}));
}

TEST(CgroupMounts, AMountMayShowAPartOnly) {
  const std::string mounts = "35 31 0:32 /docker/c1 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
  EXPECT_EQ(find_cgroup_mounts(mounts, "4:memory:/docker/c1/x\n").v1.at("memory").own, "/sys/fs/cgroup/memory/x");
  EXPECT_EQ(find_cgroup_mounts(mounts, "4:memory:/docker/c1\n").v1.at("memory").own, "/sys/fs/cgroup/memory");
  EXPECT_EQ(find_cgroup_mounts(mounts, "4:memory:/elsewhere\n").v1.at("memory").own, "/sys/fs/cgroup/memory");
  EXPECT_EQ(find_cgroup_mounts(mounts, "4:memory:/docker/c12\n").v1.at("memory").own, "/sys/fs/cgroup/memory");
}

TEST(CgroupMounts, BlanksInPathsAreUnderstood) {
  const auto found = find_cgroup_mounts("30 24 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n", "0::/\n");
  EXPECT_EQ(found.v2, (CgroupMount{"/my groups", "/my groups"}));
}

TEST(CgroupMounts, NonsenseIsNoMount) {
  const auto found =
      find_cgroup_mounts("\n - \ncgroup2\n1 2 3 - cgroup2 x rw\n1 2 3 4 5 6 - cgroup2\n", "\n:\n::\n0::/\n");
  EXPECT_TRUE(found.v1.empty());
  EXPECT_FALSE(found.v2);
}

}  // namespace
}  // namespace fescue
