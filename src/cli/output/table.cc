// Widths by characters, numbers to the right; sizes and spans in units that people read.
#include "cli/output/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/text/ascii.h"

namespace fescue::cli {

namespace {

constexpr std::string_view kGap = "  ";

/// In characters, as far as UTF-8 tells.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

}  // namespace

void Table::add(std::vector<std::string> cells) {
  FESCUE_ASSERT(cells.size() == rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string Table::str() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  std::vector<bool> numeric(widths.size(), rows_.size() > 1);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (std::size_t column = 0; column < widths.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(rows_[row][column]));
      if (row > 0 && !is_number(rows_[row][column])) numeric[column] = false;
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      const std::string padding(widths[column] - width_of(row[column]), ' ');
      if (column > 0) line += kGap;
      line += numeric[column] ? padding + row[column] : row[column] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string kilobytes_text(std::uint64_t kb) {
  if (kb < 1024) return fmt::format("{} KB", kb);
  const double mb = static_cast<double>(kb) / 1024;
  return mb < 1024 ? fmt::format("{:.1f} MB", mb) : fmt::format("{:.1f} GB", mb / 1024);
}

std::string seconds_text(std::uint64_t count) {
  const std::uint64_t minutes = count / 60, hours = minutes / 60;
  if (count < 120) return fmt::format("{} s", count);
  if (hours < 2) return fmt::format("{} min", minutes);
  if (hours < 48) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} d {} h", hours / 24, hours % 24);
}

}  // namespace fescue::cli
