// The form in which execve() wants its lists.
#pragma once

#include <string>
#include <vector>

namespace fescue {

/// Pointers into `strings`, which must outlive them, and a null pointer at the end.
inline std::vector<char*> argv_of(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (const auto& text : strings) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

}  // namespace fescue
