// Which cgroup controllers this host offers, from /proc/self/mountinfo and the root's cgroup.controllers. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/doctor/doctor.h"

namespace fescue::doctor {

struct HostCgroups {
  enum class Kind { none, v1, hybrid, v2 };
  Kind kind = Kind::none;
  std::set<std::string> v1, v2;  // controllers of each hierarchy
};

/// `v2_controllers`: the content of cgroup.controllers at the root of the v2 mount, empty when there is none.
HostCgroups parse_cgroups(std::string_view mountinfo, std::string_view v2_controllers);
/// Where the v2 hierarchy is mounted; empty when it is not.
std::string v2_mount(std::string_view mountinfo);

/// memory, pids and cpu limit what a contained function uses, devices what it may open (v2 has no such controller and
/// uses a program).
Findings judge_cgroups(const HostCgroups& cgroups);

}  // namespace fescue::doctor
