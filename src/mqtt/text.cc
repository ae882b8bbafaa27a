// The checks of text.h, eight bytes at a time while they are plain ASCII.
#include "mqtt/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/text/utf8.h"

namespace fescue::mqtt {

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

constexpr std::uint64_t has_zero_byte(std::uint64_t word) { return (word - kOnes) & ~word & kHighs; }

/// Eight bytes at a time: true if every byte is ASCII, not NUL, and neither `+` nor `#`. Most topics are.
bool is_plain(std::string_view text) {
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t odd = 0;
  while (left > 0) {
    std::uint64_t word = kOnes * 'x';
    const std::size_t step = left < 8 ? left : 8;
    std::memcpy(&word, at, step);
    odd |= (word & kHighs) | has_zero_byte(word) | has_zero_byte(word ^ (kOnes * '+')) |
           has_zero_byte(word ^ (kOnes * '#'));
    at += step;
    left -= step;
  }
  return odd == 0;
}

bool wildcards_are_well_placed(std::string_view filter) {
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '+' && filter[i] != '#') continue;
    const bool starts_level = i == 0 || filter[i - 1] == '/';
    const bool ends_filter = i + 1 == filter.size();
    const bool ends_level = ends_filter || (filter[i] == '+' && filter[i + 1] == '/');
    if (!starts_level || !ends_level) return false;
  }
  return true;
}

}  // namespace

std::string_view problem_of_text(std::string_view text) {
  if (is_plain(text)) return {};
  if (text.find('\0') != std::string_view::npos) return "contains NUL";
  if (!is_valid_utf8(text)) return "is not UTF-8";
  return {};
}

std::string_view problem_of_topic(std::string_view text) {
  if (text.empty()) return "is empty";
  if (is_plain(text)) return {};
  if (text.find_first_of("+#") != std::string_view::npos) return "contains a wildcard";
  return problem_of_text(text);
}

std::string_view problem_of_filter(std::string_view text) {
  if (text.empty()) return "is empty";
  if (is_plain(text)) return {};
  if (!wildcards_are_well_placed(text)) return "has a wildcard that does not fill a level, or a # that is not the last";
  return problem_of_text(text);
}

std::size_t count_levels(std::string_view topic_or_filter) {
  return 1 + static_cast<std::size_t>(std::count(topic_or_filter.begin(), topic_or_filter.end(), '/'));
}

}  // namespace fescue::mqtt
