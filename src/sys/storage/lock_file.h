// A file that one process at a time may hold, so that no two of them work in one directory.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

/// Held while the descriptor is open; children do not inherit it, and a process that dies lets go of it. The file is
/// made (0600) and stays. Errors: conflict when another holds it; io.
Result<Fd> lock_file(const std::string& path);

}  // namespace fescue
