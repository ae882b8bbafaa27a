// Small files, best effort: a full disk must not keep anything from starting.
#include "cli/down_note.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "sys/storage/file.h"

namespace fescue::cli {

namespace {

constexpr std::size_t kMaxReason = 4096;

std::string path_of(const std::string& root, std::string_view name) {
  return fmt::format("{}/run/{}.down", root, name);
}

}  // namespace

void note_down(const std::string& root, std::string_view name, std::string_view why) {
  const std::string text = printable(why.substr(0, kMaxReason / 4), LineEnds::escape) + "\n";
  [[maybe_unused]] const auto written = real_file_system().write_atomically(path_of(root, name), text, 0644);
}

void note_running(const std::string& root, std::string_view name) {
  [[maybe_unused]] const auto removed = real_file_system().remove_tree(path_of(root, name));
}

std::optional<std::string> why_down(const std::string& root, std::string_view name) {
  auto text = real_file_system().read(path_of(root, name), kMaxReason);
  if (!text || text->empty()) return std::nullopt;
  if (text->back() == '\n') text->pop_back();
  return printable(*text, LineEnds::escape);
}

Error explained(const Error& error, const std::string& root, std::string_view name) {
  const bool is_about_reach = error.code() == Code::unavailable || error.code() == Code::not_found;
  const auto why = is_about_reach ? why_down(root, name) : std::nullopt;
  return why ? Error(error.code(), fmt::format("{} (it does not run: {})", error.message(), *why)) : error;
}

}  // namespace fescue::cli
