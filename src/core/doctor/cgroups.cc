// Parsing mounts and controllers, and the findings that follow for each thing that containers need.
#include "core/doctor/cgroups.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text/mount_info.h"
#include "base/text/split.h"

namespace fescue::doctor {

namespace {

std::set<std::string> names_in(std::string_view line) {
  std::set<std::string> out;
  for (const auto name : split(line.substr(0, line.find('\n')), ' ')) {
    if (!name.empty()) out.emplace(name);
  }
  return out;
}

const std::set<std::string_view>& known_controllers() {
  static const std::set<std::string_view> names{"memory", "pids",    "cpu",     "cpuacct",
                                                "cpuset", "devices", "freezer", "blkio"};
  return names;
}

std::string_view name_of(HostCgroups::Kind kind) {
  switch (kind) {
    case HostCgroups::Kind::none:
      return "none";
    case HostCgroups::Kind::v1:
      return "v1";
    case HostCgroups::Kind::hybrid:
      return "hybrid (v1 with v2 beside)";
    case HostCgroups::Kind::v2:
      return "v2";
  }
  return "none";
}

}  // namespace

std::string v2_mount(std::string_view mountinfo) {
  for (const MountInfo& mount : parse_mountinfo(mountinfo)) {
    if (mount.type == "cgroup2") return mount.point;
  }
  return "";
}

HostCgroups parse_cgroups(std::string_view mountinfo, std::string_view v2_controllers) {
  HostCgroups out;
  bool has_v1 = false, has_v2 = false;
  for (const MountInfo& mount : parse_mountinfo(mountinfo)) {
    has_v2 = has_v2 || mount.type == "cgroup2";
    if (mount.type != "cgroup") continue;
    has_v1 = true;
    for (const auto option : split(mount.options, ',')) {
      if (known_controllers().contains(option)) out.v1.emplace(option);
    }
  }
  if (has_v2) out.v2 = names_in(v2_controllers);
  out.kind = has_v1 && has_v2 ? HostCgroups::Kind::hybrid
             : has_v1         ? HostCgroups::Kind::v1
             : has_v2         ? HostCgroups::Kind::v2
                              : HostCgroups::Kind::none;
  return out;
}

Findings judge_cgroups(const HostCgroups& cgroups) {
  constexpr const char* kAdvice =
      "functions run without a container all the same; for containers mount the controllers (Raspberry Pi: "
      "cgroup_enable=memory cgroup_memory=1 in cmdline.txt)";
  if (cgroups.kind == HostCgroups::Kind::none)
    return {{"cgroups", Verdict::warning, "no cgroups are mounted", kAdvice}};
  std::vector<std::string> missing;
  for (const std::string name : {"memory", "pids", "cpu"}) {
    if (!cgroups.v1.contains(name) && !cgroups.v2.contains(name)) missing.push_back(name);
  }
  if (cgroups.kind == HostCgroups::Kind::v1 && !cgroups.v1.contains("devices")) missing.emplace_back("devices");
  if (missing.empty()) {
    return {{"cgroups", Verdict::good, fmt::format("{}, with memory, pids, cpu and devices", name_of(cgroups.kind))}};
  }
  return {{"cgroups", Verdict::warning, fmt::format("{}, without {}", name_of(cgroups.kind), fmt::join(missing, ", ")),
           kAdvice}};
}

}  // namespace fescue::doctor
