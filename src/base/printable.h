// Untrusted text (payloads, reasons, lines of functions) as it may be shown to people: without what a terminal takes
// for commands (escape sequences, C1 controls), and without what makes text look like other text (direction overrides).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fescue {

enum class LineEnds {
  keep,    // of text that may have many lines
  escape,  // of what is to stay within its line
};

/// Such characters are written as \x1b or \u202e, bytes that are no UTF-8 as \xff; tabs and all else stay.
std::string printable(std::string_view text, LineEnds line_ends);

/// Whether a code point is never shown as it is: C0 but tab, line feed and carriage return, DEL, C1, line and paragraph
/// separators, marks and overrides of direction.
bool is_unprintable(std::uint32_t code_point);

/// Of the well-formed sequence that `sequence` is (utf8.h).
std::uint32_t code_point_of(std::string_view sequence);

}  // namespace fescue
