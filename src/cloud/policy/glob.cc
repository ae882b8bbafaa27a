// Matching: what stands before the first wildcard at once, the rest with one place to come back to.
#include "cloud/policy/glob.h"

#include <algorithm>

namespace fescue::cloud {

namespace {

constexpr char kAny = '\xff', kOne = '\xfe';

/// The bytes of the character that begins at `at`.
std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xc0) == 0x80) ++size;
  return size;
}

/// Of several `*` only the last one seen has to give way: it can take whatever an earlier one could.
bool matches_rest(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, after_any = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    const char wanted = p < pattern.size() ? pattern[p] : '\0';
    if (p < pattern.size() && wanted == kAny) {
      after_any = ++p;
      resume = t;
    } else if (p < pattern.size() && wanted == kOne) {
      t += character_size(text, t);
      ++p;
    } else if (p < pattern.size() && wanted == text[t]) {
      ++t;
      ++p;
    } else if (after_any != std::string_view::npos) {
      resume += character_size(text, resume);
      t = resume;
      p = after_any;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of(kAny, p) == std::string_view::npos;
}

}  // namespace

Glob Glob::with_wildcards(std::string_view text) {
  Glob glob;
  while (!text.empty()) {
    const std::size_t literal = std::min(text.find_first_of("*?"), text.size());
    glob.add_literal(text.substr(0, literal));
    text.remove_prefix(literal);
    if (text.empty()) break;
    if (text.front() == '*') {
      glob.add_any();
    } else {
      glob.add_one();
    }
    text.remove_prefix(1);
  }
  return glob;
}

void Glob::add_literal(std::string_view text) {
  pattern_ += text;
  if (is_fixed_) fixed_ = pattern_.size();
}

void Glob::add_any() {
  is_fixed_ = false;
  if (!pattern_.ends_with(kAny)) pattern_ += kAny;
}

void Glob::add_one() {
  is_fixed_ = false;
  pattern_ += kOne;
}

bool Glob::matches(std::string_view text) const {
  const std::string_view pattern = pattern_;
  if (!text.starts_with(pattern.substr(0, fixed_))) return false;
  if (is_fixed_) return text.size() == fixed_;
  return matches_rest(pattern.substr(fixed_), text.substr(fixed_));
}

bool Glob::matches_everything() const { return pattern_.size() == 1 && pattern_.front() == kAny; }

}  // namespace fescue::cloud
