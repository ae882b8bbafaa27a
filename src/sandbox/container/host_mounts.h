// Which of the host's mounts a container shows besides `/`: file systems with files (disks, network shares, images),
// not the kernel's windows (proc, sysfs, cgroups, ...) and not what lives in memory (/run, /tmp, /dev/shm).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fescue {

/// Mount points in the order in which they must be mounted, from the text of /proc/self/mountinfo (proc(5)).
std::vector<std::string> shown_host_mounts(std::string_view mountinfo);

}  // namespace fescue
