// Greengrass definitions and groups: named things whose contents are immutable versions
// (docs/compatibility/api-greengrass.md#versions-and-ids).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace fescue::cloud {

enum class Family { cores, devices, functions, subscriptions, resources, loggers, connectors, groups };
/// As in paths and ARNs: "cores".
std::string_view name_of(Family family);

struct Definition {
  Family family = Family::cores;
  std::string id;  // UUID
  std::string name;
  WallTime created, updated;
  std::string latest_version;  // UUID; empty when there is none yet
  std::map<std::string, std::string> tags;
  std::int64_t sequence = 0;  // grows with each one made; where a listing goes on
};

struct DefinitionVersion {
  std::string definition, version;  // UUIDs
  WallTime created;
  std::string body;  // JSON object
  std::int64_t sequence = 0;
};

}  // namespace fescue::cloud
