// What the commands print. Where a person reads it, on a terminal, untrusted text is shown as
// base/printable.h says; into files and pipes bytes go as they are.
#pragma once

#include <cstdio>
#include <string_view>

namespace fescue::cli {

/// To standard output or standard error, at once.
void say(std::FILE* to, std::string_view text);

}  // namespace fescue::cli
