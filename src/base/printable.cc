// Unicode's Bidi_Control characters are those of Trojan Source (CVE-2021-42574).
#include "base/printable.h"

#include <fmt/format.h>

#include "base/text/utf8.h"

namespace fescue {

namespace {

bool changes_direction(std::uint32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool is_line_end(std::uint32_t c) { return c == '\n' || c == '\r'; }

std::string escaped(std::uint32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  return c < 0x80 ? fmt::format("\\x{:02x}", c) : fmt::format("\\u{:04x}", c);
}

}  // namespace

std::uint32_t code_point_of(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence.front());
  std::uint32_t code = sequence.size() == 1 ? lead : lead & (0xffU >> (sequence.size() + 1));
  for (const char next : sequence.substr(1)) code = code << 6 | (static_cast<unsigned char>(next) & 0x3fU);
  return code;
}

bool is_unprintable(std::uint32_t c) {
  if (c < 0x20) return c != '\t' && !is_line_end(c);
  return (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || changes_direction(c);
}

std::string printable(std::string_view text, LineEnds line_ends) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else {
      const std::uint32_t code = code_point_of(text.substr(0, length));
      const bool kept_end = code == '\n' && line_ends == LineEnds::keep;
      const bool is_bad = is_unprintable(code) || (is_line_end(code) && !kept_end);
      is_bad ? out += escaped(code) : out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace fescue
