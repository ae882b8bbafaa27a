// For errors about what is of another region or account.
#pragma once

#include <string>

#include "cloud/control_plane.h"

namespace fescue::cloud {

inline std::string where_this_is(const CloudConfig& config) {
  return "this instance is region " + config.region.str() + ", account " + config.account.str();
}

}  // namespace fescue::cloud
