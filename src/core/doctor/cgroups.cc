// Parsing mounts and controllers, and the findings that follow for each thing that containers need.
#include "core/doctor/cgroups.h"

#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fescue::doctor {

namespace {

struct Mount {
  std::string point, type, options;  // options of the super block
};

/// "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" (proc(5)).
std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  std::vector<Mount> out;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, word, source;
    Mount mount;
    words >> id >> parent >> device >> root >> mount.point;
    while (words >> word && word != "-") {
    }
    if (words >> mount.type >> source >> mount.options) out.push_back(mount);
  }
  return out;
}

std::set<std::string> split(std::string_view text, char separator) {
  std::set<std::string> out;
  std::istringstream words{std::string(text)};
  for (std::string word; std::getline(words, word, separator);) {
    while (!word.empty() && word.back() == '\n') word.pop_back();
    if (!word.empty()) out.insert(word);
  }
  return out;
}

const std::set<std::string>& known_controllers() {
  static const std::set<std::string> names{"memory", "pids", "cpu", "cpuacct", "cpuset", "devices", "freezer", "blkio"};
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
  for (const Mount& mount : parse_mounts(mountinfo)) {
    if (mount.type == "cgroup2") return mount.point;
  }
  return "";
}

HostCgroups parse_cgroups(std::string_view mountinfo, std::string_view v2_controllers) {
  HostCgroups out;
  bool has_v1 = false, has_v2 = false;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    has_v2 = has_v2 || mount.type == "cgroup2";
    if (mount.type != "cgroup") continue;
    has_v1 = true;
    for (const std::string& option : split(mount.options, ',')) {
      if (known_controllers().contains(option)) out.v1.insert(option);
    }
  }
  if (has_v2) out.v2 = split(v2_controllers, ' ');
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
