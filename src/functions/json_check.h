// Is this text one JSON value? Nothing is built from it, so the price is one pass over the bytes.
#pragma once

#include <string_view>

namespace fescue {

/// Containers in containers; the parsers of the languages that functions are written in stop near 1000.
inline constexpr std::size_t kMaxJsonDepth = 512;

/// Strict (RFC 8259, valid UTF-8), at most kMaxJsonDepth deep. White space around the value is allowed, an empty text
/// is no value.
bool is_json(std::string_view text);

}  // namespace fescue
