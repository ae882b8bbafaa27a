// Which system calls a worker in a container may make: a list of what programs need; everything else is as if the
// kernel did not have it (ENOSYS), and what would only serve an attack is refused (EPERM), so that programs that probe
// go on. Calls of another machine's numbering end the process.
//
// The program is made once, when the launcher starts, and installed as it is. It searches ranges of call numbers in
// halves: the kernel takes time in proportion to a filter's length to install it, 230 µs for the filter that libseccomp
// makes of the same lists, 40 µs for this one. The names are resolved by libseccomp.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.h"

namespace fescue {

using SeccompProgram = std::vector<sock_filter>;

SeccompProgram make_seccomp_program();

/// For this process and what it becomes, for good. Needs no-new-privileges or CAP_SYS_ADMIN.
Result<void> install_seccomp(const SeccompProgram& program);

}  // namespace fescue
