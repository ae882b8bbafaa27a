// The names of workers' cgroups, by which others on the machine know a function: PARENT/fescue-PID/NUMBER, where PID is
// a launcher's (with "-N" behind it where that name was taken). Pure.
#pragma once

#include <string_view>

#include "base/text/split.h"

namespace fescue {

inline constexpr std::string_view kLauncherGroupPrefix = "fescue-";

/// "fescue-12", "fescue-12-3": the directory of one launcher.
inline bool is_launcher_group(std::string_view name) {
  if (!name.starts_with(kLauncherGroupPrefix)) return false;
  name.remove_prefix(kLauncherGroupPrefix.size());
  return !name.empty() && name.find_first_not_of("0123456789-") == std::string_view::npos;
}

/// Whether a path of a cgroup leads to a worker's, or below it, whichever core's that is.
inline bool is_in_worker_group(std::string_view path) {
  bool below_launcher = false;
  for (const std::string_view name : split(path, '/')) {
    const bool is_number = !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
    if (below_launcher && is_number) return true;
    below_launcher = is_launcher_group(name);
  }
  return false;
}

/// The same for any line of a /proc/PID/cgroup: "HIERARCHY:CONTROLLERS:PATH".
inline bool names_worker_group(std::string_view proc_cgroup) {
  for (std::string_view line : split(proc_cgroup, '\n')) {
    for (int field = 0; field < 2; ++field)
      line = line.substr(line.find(':') == line.npos ? line.size() : line.find(':') + 1);
    if (is_in_worker_group(line)) return true;
  }
  return false;
}

}  // namespace fescue
