// Things, as AWS IoT registers them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "model/arn.h"

namespace fescue::cloud {

struct Thing {
  ThingName name;
  std::string id;  // UUID
  std::map<std::string, std::string> attributes;
  std::int64_t version = 1;  // grows with each update
};

/// Which things a list wants; an empty member wants all.
struct ThingFilter {
  std::string attribute_name, attribute_value;
  bool value_is_prefix = false;
};

}  // namespace fescue::cloud
