// The host's network is a function's too (V1), and with it the names of abstract Unix sockets, which no file mode
// protects. Landlock keeps a worker from those that were bound outside of it; its own processes meet as before.
#pragma once

#include "base/result.h"

namespace fescue {

/// For this process and what it becomes, for good. Does nothing where the kernel cannot (before Linux 6.12, or without
/// Landlock). Needs no-new-privileges.
Result<void> leave_abstract_sockets();

}  // namespace fescue
