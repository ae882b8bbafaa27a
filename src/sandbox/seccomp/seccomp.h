// Which system calls a worker in a container may make: a list of what programs need; everything else is as if the
// kernel did not have it (ENOSYS), and what would only serve an attack is refused (EPERM), so that programs that probe
// go on. Calls of another machine's numbering end the process. Whatever is refused or ends the process, the monitor
// answers and remembers (denied_calls.h); where the host has no such listeners, the kernel answers by itself.
//
// The program is made once, when the launcher starts, and installed as it is. It searches ranges of call numbers in
// halves: the kernel takes time in proportion to a filter's length to install it, 230 µs for the filter that libseccomp
// makes of the same lists, 40 µs for this one. The names are resolved by libseccomp.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "base/strong.h"

namespace fescue {

using SeccompProgram = std::vector<sock_filter>;

/// Whether a listener is asked about what is refused.
using Listening = StrongBool<struct ListeningTag>;

SeccompProgram make_seccomp_program(Listening listening);

/// This machine's numbering of calls, or another one that its functions may use.
bool is_filtered_architecture(std::uint32_t audit_architecture);

/// The same filter in both forms; the first is empty if it is not to be tried.
struct SeccompFilter {
  SeccompProgram listening, silent;
};

/// For this process and what it becomes, for good. Returns the listener (close-on-exec), or none where the host has
/// none: an older kernel, or a container around the service that listens already. Needs no-new-privileges or
/// CAP_SYS_ADMIN.
Result<Fd> install_seccomp(const SeccompFilter& filter);

}  // namespace fescue
