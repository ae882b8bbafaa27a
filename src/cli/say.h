// What the commands print. Where a person reads it, on a terminal, untrusted text is shown as
// base/printable.h says; into files and pipes bytes go as they are.
#pragma once

#include <cstdio>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace fescue::cli {

/// To standard output or standard error, at once.
void say(std::FILE* to, std::string_view text);

/// Whether all that was said on standard output has been written so far. Error: why not, which run_cli() says at the
/// end; cancelled when its reader is gone, which is no failure of the command.
Result<void> check_said();

/// Becomes readable when nobody reads standard output any more. Empty when it is a file.
Fd watch_reader();

}  // namespace fescue::cli
