// String maps (tags, environments) in a TEXT column. What is read back is what was written: a broken column is a bug.
#pragma once

#include <map>
#include <string>

#include <boost/json.hpp>

namespace fescue::cloud {

inline boost::json::object object_of(const std::map<std::string, std::string>& map) {
  boost::json::object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

inline std::map<std::string, std::string> string_map_of(const boost::json::object& object) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : object) out[std::string(name)] = std::string(value.as_string());
  return out;
}

}  // namespace fescue::cloud
