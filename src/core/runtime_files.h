// Puts the language runtimes and SDKs where functions find them, ROOT/ggc/core/runtime, whoever they run as. They come
// from where Fescue is installed, which those users may not be able to read.
#pragma once

#include <string>

#include "base/result.h"

namespace fescue {

/// The directory that holds `runtimes/` and `sdk/`: `wanted` if not empty, else the first that has them of the checkout
/// that the executable was built in and /usr/lib/fescue. Error: not_found, saying where it looked.
Result<std::string> find_installation(const std::string& wanted);

/// Copies each language's runtime and, into it, its SDK to `target`, replacing what an older version left. Files become
/// 0644.
Result<void> install_runtimes(const std::string& installation, const std::string& target);

}  // namespace fescue
