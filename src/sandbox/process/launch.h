// Makes the process of a worker. The order of its steps is fixed and stands in one function, become_worker() in
// launch.cc; each step is one call into the file of its kernel facility. Without a container it is the same path with
// the container's steps left out.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "sandbox/container/prepared_container.h"
#include "sandbox/seccomp/denied_calls.h"
#include "sandbox/seccomp/seccomp.h"
#include "sandbox/spec.h"

namespace fescue {

/// What a start in a container needs beside the spec.
struct ContainerContext {
  const PreparedContainer& container;
  const SeccompFilter& filter;
  const DeniedCalls& denied_calls;
  int host_proc;  // the host's /proc (O_PATH): how the host's pid is known from inside
};

struct WorkerPids {
  pid_t own = 0;   // as this process sees it
  pid_t host = 0;  // as the core sees it
};

/// Returns once the worker's program runs. Errors: the step that failed, with its reason; then there is no process.
/// Called once in the life of a monitor, which is single-threaded and has its signals blocked. `context`: null
/// without a container.
Result<WorkerPids> launch(const WorkerSpec& spec, const ContainerContext* context);

}  // namespace fescue
