// Choosing from mountinfo what a container shows.
#include "sandbox/container/host_mounts.h"

#include <algorithm>
#include <array>

#include "base/text/mount_info.h"
#include "base/text/paths.h"

namespace fescue {

namespace {

constexpr std::array<std::string_view, 24> kWindows = {
    "proc",    "sysfs",     "devtmpfs", "devpts",  "tmpfs",    "ramfs",       "mqueue", "hugetlbfs",
    "cgroup",  "cgroup2",   "debugfs",  "tracefs", "bpf",      "binfmt_misc", "pstore", "securityfs",
    "fusectl", "selinuxfs", "configfs", "autofs",  "efivarfs", "rpc_pipefs",  "nfsd",   "nsfs"};

/// The container has its own there, or nothing.
constexpr std::array<std::string_view, 5> kPrivate = {"/proc", "/sys", "/dev", "/run", "/tmp"};

bool is_shown(const MountInfo& mount) {
  if (mount.point.size() < 2 || std::ranges::find(kWindows, mount.type) != kWindows.end()) return false;
  return std::ranges::none_of(kPrivate, [&](std::string_view top) { return is_within(mount.point, top); });
}

}  // namespace

std::vector<std::string> shown_host_mounts(std::string_view mountinfo) {
  std::vector<std::string> points;
  for (MountInfo& mount : parse_mountinfo(mountinfo)) {
    if (is_shown(mount)) points.push_back(std::move(mount.point));
  }
  std::ranges::sort(points);  // parents first
  // One over the other: the path shows the upper one. (clang 14 cannot compile what std::ranges::unique returns.)
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

}  // namespace fescue
