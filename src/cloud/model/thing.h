// Things, as AWS IoT registers them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/arn.h"

namespace fescue::cloud {

struct Thing {
  ThingName name;
  std::string id;  // UUID
  std::map<std::string, std::string> attributes;
  std::int64_t version = 1;  // grows with each update
  std::string type = {};     // the name of a ThingType; empty: none
};

struct ThingType {
  std::string name;
  std::string id;  // UUID
  std::string description;
  std::vector<std::string> searchable;  // names of attributes
  WallTime created{};
  std::optional<WallTime> deprecated = {};  // since when no thing can take it any more
};

/// Which things a list wants; an empty member wants all.
struct ThingFilter {
  std::string attribute_name, attribute_value;
  bool value_is_prefix = false;
  std::string type = {};
};

}  // namespace fescue::cloud
