// Which cgroups are workers'.
#include "base/worker_cgroup_name.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(WorkerCgroupName, LaunchersAreKnownByTheirNumbers) {
  EXPECT_TRUE(is_launcher_group("fescue-12"));
  EXPECT_TRUE(is_launcher_group("fescue-12-3"));
  for (const char* other : {"fescue", "fescue-", "fescue-core.service", "a-fescue-12", ""}) {
    EXPECT_FALSE(is_launcher_group(other)) << other;
  }
}

TEST(WorkerCgroupName, AWorkersGroupIsANumberBelowALaunchers) {
  EXPECT_TRUE(is_in_worker_group("/fescue-12/1"));
  EXPECT_TRUE(is_in_worker_group("/system.slice/fescue.service/fescue-12-3/40"));
  EXPECT_TRUE(is_in_worker_group("/fescue-12/1/made/inside"));
  EXPECT_TRUE(is_in_worker_group("fescue-7/fescue-12/1"));
  for (const char* other : {"/", "", "/fescue-12", "/fescue-12/", "/fescue-12/fescue", "/fescue/1", "/1/fescue-12"}) {
    EXPECT_FALSE(is_in_worker_group(other)) << other;
  }
}

TEST(WorkerCgroupName, AnyHierarchyTells) {
  EXPECT_TRUE(names_worker_group("0::/fescue-12/1\n"));
  EXPECT_TRUE(names_worker_group("9:memory:/fescue-12/1\n4:cpu,cpuacct:/\n0::/\n"));
  EXPECT_TRUE(names_worker_group("9:memory:/a:b/fescue-12/1"));
  EXPECT_FALSE(names_worker_group("9:memory:/process\n1:name=systemd:/\n0::/user.slice/fescue-12\n"));
  EXPECT_FALSE(names_worker_group(""));
  EXPECT_FALSE(names_worker_group("fescue-12/1"));
}

}  // namespace
}  // namespace fescue
