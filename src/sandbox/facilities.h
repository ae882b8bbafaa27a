// What the host lets the launcher do. It looks once, when it starts, and tells the core, so that `doctor`, `status` and
// deployments can say what is missing and why before anything is refused.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace fescue {

/// How the host arranges its cgroups: pure v1, pure v2, or v1 for the limits with a v2 tree without them beside it.
enum class CgroupLayout : std::uint8_t { none, v1, v2, hybrid };

/// What workers' cgroups are for.
enum class CgroupUse : std::uint8_t {
  memory,     // the limit and the stats; container functions cannot do without
  processes,  // the limit of processes and threads
  cpu,        // weights
  devices,    // access to device nodes
  kill,       // a whole group at once
};
inline constexpr std::size_t kCgroupUses = 5;

struct CgroupFacilities {
  CgroupLayout layout = CgroupLayout::none;
  std::string place;                             // the directory that holds the workers' groups, of the memory limit's
  std::array<std::string, kCgroupUses> missing;  // why a use cannot be had; empty where it can

  const std::string& why_missing(CgroupUse use) const { return missing[static_cast<std::size_t>(use)]; }
  std::string& why_missing(CgroupUse use) { return missing[static_cast<std::size_t>(use)]; }
  bool has(CgroupUse use) const { return why_missing(use).empty(); }

  friend bool operator==(const CgroupFacilities&, const CgroupFacilities&) = default;
};

/// How to look for cgroups.
struct CgroupOptions {
  /// A group to work below, as a path in each hierarchy ("/fescue"), made if it is not there; empty: the launcher's
  /// own.
  std::string parent;
  /// For tests: what to treat as missing. Controllers by name ("memory", "pids", "cpu", "cpuacct", "devices",
  /// "freezer"), the trees "v1" and "v2", "kill" (cgroup.kill), "bpf".
  std::set<std::string> without;

  friend bool operator==(const CgroupOptions&, const CgroupOptions&) = default;
};

struct Facilities {
  CgroupFacilities cgroups;
  std::string no_containers;  // why there can be no containers, limits aside; empty where they can be had

  friend bool operator==(const Facilities&, const Facilities&) = default;
};

/// "v1", "v2", "hybrid", "none"; "memory", "processes", "cpu", "devices", "kill".
std::string_view name_of(CgroupLayout layout);
std::string_view name_of(CgroupUse use);

}  // namespace fescue
