// The man page, made from the command tree. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/help/command_tree.h"

namespace fescue::cli {

/// troff with the `man` macros, section 1.
std::string man_page(const CommandInfo& program, std::string_view version);

}  // namespace fescue::cli
