// Pure: what a mistyped word was meant to be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fescue::cli {

/// How many letters to add, to leave out, to replace, or to exchange with their neighbour, make one of the other.
std::size_t typing_distance(std::string_view one, std::string_view other);

/// The one of `words` that is nearest, if it is near enough to be meant.
std::optional<std::string> suggestion_for(std::string_view typed, std::span<const std::string> words);

}  // namespace fescue::cli
