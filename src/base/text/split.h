// A text in parts.
#pragma once

#include <string_view>
#include <vector>

namespace fescue {

/// The parts between separators, empty ones too: one more than there are separators. They point into `text`.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace fescue
