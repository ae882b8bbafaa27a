// The resources of a group as a core gets them, and what functions attach: V1's rules checked
// (docs/compatibility/resources.md#local-resources).
#pragma once

#include <vector>

#include "cloud/deployments/definitions.h"

namespace fescue::cloud {

/// The local ones. Other types, and too many, go to `problems`.
std::vector<Resource> build_resources(const std::vector<ResourceEntry>& entries, std::vector<ErrorDetail>& problems);

/// The policies of one function against the resources of its group.
std::vector<AttachedResource> attach_resources(const FunctionEntry& function, Isolation isolation,
                                               const std::vector<ResourceEntry>& resources,
                                               std::vector<ErrorDetail>& problems);

}  // namespace fescue::cloud
