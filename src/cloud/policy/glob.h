// Glob: a pattern in which `*` stands for any characters, slashes too, and `?` for exactly one; `+` and `#` are nothing
// special. It is put together from parts, so that a value that was put in for a variable is never taken for a wildcard.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fescue::cloud {

class Glob {
 public:
  /// Of well-formed UTF-8, in which `*` and `?` are wildcards.
  static Glob with_wildcards(std::string_view text);

  void add_literal(std::string_view text);  // well-formed UTF-8
  void add_any();                           // *
  void add_one();                           // ?

  bool matches(std::string_view text) const;
  bool matches_everything() const;

 private:
  std::string pattern_;    // with two bytes for the wildcards that occur in no UTF-8
  std::size_t fixed_ = 0;  // bytes before the first wildcard
  bool is_fixed_ = true;   // there is none
};

}  // namespace fescue::cloud
