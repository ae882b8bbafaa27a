// Role aliases of AWS IoT: a name for a role that devices would ask credentials of.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace fescue::cloud {

struct RoleAlias {
  std::string name;
  std::string role_arn;
  std::int64_t duration_seconds = 3600;  // of credentials
  WallTime created{}, modified{};
};

}  // namespace fescue::cloud
