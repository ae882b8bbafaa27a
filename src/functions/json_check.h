// Can the parser of a function's language read this text as one JSON value? Nothing is built from it, so the price is
// one pass over the bytes, or three over what a strict parser refuses.
#pragma once

#include <string_view>

namespace fescue {

/// Containers in containers; the parsers of the languages that functions are written in stop near 1000.
inline constexpr std::size_t kMaxJsonDepth = 512;

enum class JsonDialect {
  standard,  // RFC 8259
  python,    // NaN, Infinity and -Infinity as well, which its json module reads and writes
};

/// What `runtime`, as a group names it, parses events with (docs/compatibility/languages.md#json-events).
JsonDialect json_dialect_of(std::string_view runtime);

/// Valid UTF-8, at most kMaxJsonDepth deep. White space around the value is allowed, an empty text is no value. A
/// surrogate may stand alone as an escape ("\ud800"), as the grammar has it and all those parsers do.
bool is_json(std::string_view text, JsonDialect dialect = JsonDialect::standard);

/// The same, of an object.
bool is_json_object(std::string_view text);

}  // namespace fescue
