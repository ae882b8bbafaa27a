// JSON in a TEXT column: string maps (tags, environments, attributes) and documents. What is read back is what was
// written, unless a disk or a hand has damaged it: then the row cannot be read, and the error names it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"

namespace fescue::cloud {

inline boost::json::object object_of(const std::map<std::string, std::string>& map) {
  boost::json::object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

/// `what` names the row and the column for people: "the tags of function Echo". Error: internal.
Result<boost::json::value> stored_json(std::string_view text, std::string_view what);
Result<boost::json::object> stored_object(std::string_view text, std::string_view what);
Result<std::map<std::string, std::string>> stored_string_map(std::string_view text, std::string_view what);

/// The error of such a row.
Error damaged(std::string_view what, std::string_view why);

}  // namespace fescue::cloud
