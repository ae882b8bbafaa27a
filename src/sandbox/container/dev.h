// The /dev of a container: the nodes that every program expects, bound from the host (the one way that works in user
// namespaces and needs no mknod), terminals and shared memory of its own. Device resources are put beside them.
#pragma once

#include <string>

#include "base/result.h"

namespace fescue {

/// Makes it at `path`, where a directory is. `shared_memory` is the directory that becomes /dev/shm. Writable by root
/// until make_read_only().
Result<void> mount_dev(const std::string& path, const std::string& shared_memory);

}  // namespace fescue
