// What a container is given of the host, checked and turned into detached mounts by the launcher: what the core opened
// comes as descriptors, what is the host's comes as paths, which the launcher walks itself without following any link.
//
// A function may be handed what V1 allowed and its user may use, nothing else
// (docs/compatibility/resources.md#local-resources):
//   volumes   files and directories, not at or below /sys, /dev, /var; but /dev/shm read-write, /proc read-only and
//             somewhere else than /proc
//   devices   character and block devices below /dev, at the same path
// Neither is ever in a protected directory (LauncherPolicy), nor does it hold one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/spec.h"

namespace fescue {

/// The rules above as far as paths tell. Errors: permission_denied with a sentence that names the path and the rule.
Result<void> check_paths(const HostResource& resource, const std::vector<std::string>& protected_directories);

/// What open_sources() would find, without opening it for anybody. Errors: as there.
Result<SourceStatus> look_at_source(const HostResource& resource,
                                    const std::vector<std::string>& protected_directories);

/// Replaces the container's descriptors by detached mounts. Returns the groups that own the resources. Errors: as
/// above; not_found when a source is missing; invalid_argument when it is of the wrong kind.
Result<std::set<gid_t>> open_sources(ContainerSpec& container, const std::vector<std::string>& protected_directories);

}  // namespace fescue
