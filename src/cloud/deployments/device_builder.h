// The client devices of a group as a core gets them: V1's rules checked (docs/compatibility/groups.md#entities).
#pragma once

#include <map>
#include <vector>

#include "cloud/deployments/deployment_builder.h"

namespace fescue::cloud {

/// What is wrong with a device, and too many of them, goes to `problems`.
std::vector<Device> build_devices(const std::vector<ThingEntry>& entries, const std::map<ThingArn, DeviceFacts>& facts,
                                  std::vector<ErrorDetail>& problems);

}  // namespace fescue::cloud
