// JSON's escapes for text of any bytes: runs of plain characters are copied whole, what is not UTF-8 is replaced.
#include "base/json_escape.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text/utf8.h"

namespace fescue {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void quote_ascii(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += c;
  }
}

}  // namespace

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (;;) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
    out += text.substr(0, plain);  // mostly all of it
    text.remove_prefix(plain);
    if (text.empty()) return out + "\"";
    const std::size_t length = utf8_sequence(text);
    const std::uint32_t code = length == 0 ? 0 : code_point_of(text.substr(0, length));
    if (length == 0) {
      out += kReplacement;
    } else if (is_unprintable(code)) {
      out += fmt::format("\\u{:04x}", code);
    } else if (length == 1) {
      quote_ascii(out, text[0]);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace fescue
