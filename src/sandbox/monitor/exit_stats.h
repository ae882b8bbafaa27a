// What the stats of a worker's cgroup say about its end. Pure.
#pragma once

#include <chrono>

#include "sandbox/cgroup/cgroup_stats.h"
#include "sandbox/spec.h"

namespace fescue {

/// Completes `exit`, whose status is known: memory, CPU, and a cause that only the kernel's counters tell.
void add_stats(WorkerExit& exit, const CgroupStats& stats, std::chrono::microseconds lifetime);

}  // namespace fescue
