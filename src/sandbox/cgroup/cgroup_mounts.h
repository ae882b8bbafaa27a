// Where the host has its cgroups, by what it shows: /proc/self/mountinfo says which hierarchies are mounted where,
// /proc/self/cgroup in which group of each this process is. Pure; distributions are not asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fescue {

struct CgroupMount {
  std::string point;  // of the mount
  std::string own;    // the directory of this process's own group, at or below `point`

  friend bool operator==(const CgroupMount&, const CgroupMount&) = default;
};

struct CgroupMounts {
  std::map<std::string, CgroupMount> v1;  // by controller: "memory", "pids", ...; two of them may share one mount
  std::optional<CgroupMount> v2;
};

/// The first mount of each hierarchy counts. A group that lies outside what a mount shows counts as its top.
CgroupMounts find_cgroup_mounts(std::string_view mountinfo, std::string_view own_groups);

}  // namespace fescue
