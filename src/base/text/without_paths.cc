// Finding paths in sentences such as "/a/b.tmp: No space left on device".
#include "base/text/without_paths.h"

#include <algorithm>

namespace fescue {

namespace {

constexpr std::string_view kBefore = " \t\n\"'(=";
constexpr std::string_view kAfter = " \t\n\"'),;";

/// Where the path that begins at `start` ends; its last character is no punctuation of the sentence's.
std::size_t end_of_path(std::string_view text, std::size_t start) {
  std::size_t end = std::min(text.find_first_of(kAfter, start), text.size());
  while (end > start + 1 && (text[end - 1] == ':' || text[end - 1] == '.')) --end;
  return end;
}

}  // namespace

std::string without_paths(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = text[at] == '/' && (at == 0 || kBefore.find(text[at - 1]) != std::string_view::npos);
    const std::size_t end = begins ? end_of_path(text, at) : at + 1;
    out += end > at + 1 ? std::string_view("FILE") : text.substr(at, 1);
    at = end;
  }
  return out;
}

}  // namespace fescue
