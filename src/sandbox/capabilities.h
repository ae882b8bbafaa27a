// Root's privileges in pieces, given up.
#pragma once

#include "base/result.h"

namespace fescue {

/// Empties every set, for good: not even a program of root's own gets one back.
Result<void> drop_capabilities();

}  // namespace fescue
