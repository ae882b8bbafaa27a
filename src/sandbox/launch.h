// Makes the process of a worker. The order of its steps is fixed and stands in one function, become_worker() in
// launch.cc; each step is one call into the file of its kernel facility.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "sandbox/spec.h"

namespace fescue {

/// Returns the worker's pid once its program runs. Errors: the step that failed, with its reason; then there is no
/// process. Called once in the life of a keeper, which is single-threaded and has its signals blocked.
Result<pid_t> launch(const WorkerSpec& spec);

}  // namespace fescue
