// The launcher as a child process of the core.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/facilities.h"
#include "sandbox/launcher/policy.h"

namespace fescue {

struct LauncherProcess {
  Fd socket;  // of SOCK_SEQPACKET, non-blocking: protocol.h
  pid_t pid = -1;
  Facilities facilities;  // as it found them when it started
};

/// `fescue-launcher` in the directory of this program.
Result<std::string> launcher_path();

/// Starts it, in a session of its own and with an empty
/// environment. Call it while root and before there is a second thread. Returns when the launcher has answered that it
/// is ready. Errors: not_found (no such file), unavailable (it left; standard error says why).
Result<LauncherProcess> spawn_launcher(const LauncherPolicy& policy);

/// Closes the channel and waits for the launcher's end, which comes after the end of every worker. Error: timeout,
/// after some seconds.
Result<void> dismiss_launcher(LauncherProcess process);

/// Of one that does not answer: kills it, if this process may, and waits for nothing. Else it ends soon after this
/// process has, as its workers do: monitors watch (monitor/worker_monitor.h).
void abandon_launcher(pid_t pid);

}  // namespace fescue
