// Parsing mountinfo and /proc/self/cgroup into one answer.
#include "sandbox/cgroup/cgroup_mounts.h"

#include "base/text/mount_info.h"
#include "base/text/split.h"

namespace fescue {

namespace {

/// Path in its hierarchy by controller; the key of v2 is "".
std::map<std::string, std::string> parse_own_groups(std::string_view text) {
  std::map<std::string, std::string> groups;
  for (const auto line : split(text, '\n')) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    for (const auto controller : split(line.substr(first + 1, second - first - 1), ',')) {
      groups.emplace(controller, line.substr(second + 1));
    }
  }
  return groups;
}

/// `root` is the directory of the hierarchy that the mount shows at `point`.
std::string directory_of(const std::string& point, std::string_view root, std::string_view path) {
  if (root == "/") root = "";
  if (!path.starts_with(root)) return point;
  path.remove_prefix(root.size());
  return path.size() <= 1 || path[0] != '/' ? point : point + std::string(path);
}

}  // namespace

CgroupMounts find_cgroup_mounts(std::string_view mountinfo, std::string_view own_groups) {
  const auto groups = parse_own_groups(own_groups);
  CgroupMounts found;
  for (const MountInfo& mount : parse_mountinfo(mountinfo)) {
    const auto place = [&](const std::string& controller) -> std::optional<CgroupMount> {
      const auto group = groups.find(controller);
      if (group == groups.end()) return std::nullopt;
      return CgroupMount{mount.point, directory_of(mount.point, mount.root, group->second)};
    };
    if (mount.type == "cgroup2" && !found.v2) found.v2 = place("");
    if (mount.type != "cgroup") continue;
    for (const auto option : split(mount.options, ',')) {
      if (const auto placed = place(std::string(option))) found.v1.emplace(option, *placed);
    }
  }
  return found;
}

}  // namespace fescue
