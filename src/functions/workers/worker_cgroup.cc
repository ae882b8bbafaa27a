// From a worker's /proc/PID/cgroup and the mounts here to the number of its own directory.
#include "functions/workers/worker_cgroup.h"

#include <string>

#include "sandbox/cgroup/cgroup_mounts.h"
#include "sys/net/peer_uid.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxMounts = 1024 * 1024;
constexpr std::size_t kMaxCgroupFile = 64 * 1024;

}  // namespace

std::uint64_t own_cgroup(pid_t pid) {
  const auto mounts = real_file_system().read("/proc/self/mountinfo", kMaxMounts);
  const auto theirs = real_file_system().read("/proc/" + std::to_string(pid) + "/cgroup", kMaxCgroupFile);
  if (!mounts || !theirs) return 0;
  const auto v2 = find_cgroup_mounts(*mounts, *theirs).v2;
  // At the top is what has no group, or one that the mount does not show.
  return v2 && v2->own != v2->point ? cgroup_number(v2->own) : 0;
}

}  // namespace fescue
