// What is wrong with a command line that has an option which its verb does not know: CLI11 would name the words that
// are left over, the last first, or something else that is missing because of it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <CLI/CLI.hpp>

namespace fescue::cli {

/// `words`: the verb and what follows. The first option that is unknown, with the one that was meant.
std::optional<std::string> unknown_option(const CLI::App& app, std::span<char* const> words);

}  // namespace fescue::cli
