// Which system calls a worker in a container may make: a list of what programs need; everything else is as if the
// kernel did not have it (ENOSYS), and what would only serve an attack is refused (EPERM), so that programs that probe
// go on.
//
// The filter is compiled once, when the launcher starts (that takes milliseconds), and installed as a finished program.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.h"

namespace fescue {

using SeccompProgram = std::vector<sock_filter>;

Result<SeccompProgram> compile_seccomp();

/// For this process and what it becomes, for good. Needs no-new-privileges or CAP_SYS_ADMIN.
Result<void> install_seccomp(const SeccompProgram& program);

}  // namespace fescue
