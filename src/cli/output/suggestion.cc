// The distance of Damerau and Levenshtein, in which no part of a word is edited twice (optimal string alignment).
#include "cli/output/suggestion.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace fescue::cli {

namespace {

constexpr std::size_t kMaxLength = 64;
constexpr std::size_t kMaxDistance = 2;

}  // namespace

std::size_t typing_distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before_last, last, row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool is_exchange = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (is_exchange) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

std::optional<std::string> suggestion_for(std::string_view typed, std::span<const std::string> words) {
  std::optional<std::string> nearest;
  std::size_t least = kMaxDistance + 1;
  if (typed.size() > kMaxLength) return nearest;
  for (const std::string& word : words) {
    const std::size_t distance = typing_distance(typed, word);
    if (distance >= least || distance >= word.size()) continue;
    least = distance;
    nearest = word;
  }
  return nearest;
}

}  // namespace fescue::cli
