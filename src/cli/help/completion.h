// Completion scripts for shells, made from the command tree. Pure.
#pragma once

#include <string>

#include "cli/help/command_tree.h"

namespace fescue::cli {

std::string bash_completion(const CommandInfo& program);
std::string zsh_completion(const CommandInfo& program);
std::string fish_completion(const CommandInfo& program);

}  // namespace fescue::cli
