// Resource limits of the process itself. Memory, processes and CPU are the cgroup's affair.
#pragma once

#include "base/result.h"

namespace fescue {

/// What a worker starts with. select() fails on descriptors above 1023, so the soft limit stays there; programs that
/// can use more (Node.js, Java) raise it themselves up to the hard one.
inline constexpr unsigned kOpenFilesSoft = 1024;
inline constexpr unsigned kOpenFilesHard = 65536;

/// A worker's limits: no core dumps (they would hold secrets), open files as above but never more than is inherited.
Result<void> limit_worker();

/// The launcher's own: no core dumps, as many descriptors as it may have.
Result<void> limit_launcher();

}  // namespace fescue
