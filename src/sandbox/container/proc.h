// The /proc of a container: of its own pid namespace, showing no process that its user may not look into, with what
// tells of or steers the whole machine masked or read-only.
#pragma once

#include <string>

#include "base/result.h"

namespace fescue {

/// Makes it at `path`, where a directory is; this process must be in the container's pid namespace. `blank` is an empty
/// directory, `null` a device node that gives nothing, to put over what is masked.
Result<void> mount_proc(const std::string& path, const std::string& blank, const std::string& null);

}  // namespace fescue
