// Puts the language runtimes and SDKs where functions find them, ROOT/ggc/core/runtime, whoever they run as. They come
// from where Fescue is installed, which those users may not be able to read.
#pragma once

#include <string>

#include "base/result.h"

namespace fescue {

/// The directory that holds `runtimes/` and `sdk/`: `wanted` if not empty, else the first that has them of the checkout
/// that the executable was built in and /usr/lib/fescue. Error: not_found, saying where it looked.
Result<std::string> find_installation(const std::string& wanted);

/// Copies each language's runtime and, into it, its SDK to `target`, in place of what an older version left; nothing
/// when the very same is there. Files become 0644. Where there is no room for a copy, what is there stays, and that is
/// said in the log.
Result<void> install_runtimes(const std::string& installation, const std::string& target);

}  // namespace fescue
