// Text for people: a table whose columns are aligned, sizes, spans of time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fescue::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}

  /// As many cells as there are headings.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }
  /// Lines without blanks at their ends. Columns that hold numbers only are aligned to the right.
  std::string str() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string kilobytes_text(std::uint64_t kb);   // "812 KB", "9.3 MB", "1.2 GB"
std::string seconds_text(std::uint64_t count);  // "9 s", "12 min", "3 h 20 min", "4 d 2 h"

}  // namespace fescue::cli
