// Namespaces of processes, except those of users (user_namespace.h).
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace fescue {

enum class PidNamespace { shared, own };

/// fork(2); with `own`, the child is the first process of a new pid namespace: when it dies, the kernel kills all that
/// are in it. The pid is this process's view of the child.
Result<pid_t> fork_process(PidNamespace pid_namespace);

/// Mounts, System V and POSIX message queues, and the host's name become this process's own (as copies, the queues
/// empty).
Result<void> unshare_surroundings();

/// This process's present cgroups become the roots that it sees.
Result<void> unshare_cgroup_view();

}  // namespace fescue
