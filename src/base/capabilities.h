// Root's privileges in pieces, given up.
#pragma once

#include "base/result.h"

namespace fescue {

/// Not even a program of root's own will get one back. Needs CAP_SETPCAP, so it comes before drop_capabilities() and
/// before a change of uid.
Result<void> renounce_capabilities();

/// Those that this process has now.
Result<void> drop_capabilities();

}  // namespace fescue
