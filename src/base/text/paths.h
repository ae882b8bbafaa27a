// Questions to the text of a path. Nothing is looked up.
#pragma once

#include <string_view>

namespace fescue {

/// Whether `path` is `directory` or below it; both absolute and normal.
inline bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

/// "/a" of "/a/b", "/" of "/a"; empty when the path has no slash.
inline std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return path.substr(0, slash == 0 ? 1 : slash);
}

/// "b" of "/a/b" and of "b".
inline std::string_view last_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Whether `text` names one file of a directory, whichever that is.
inline bool is_file_name(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string_view::npos;
}

}  // namespace fescue
