// Resources of a group, and attaching them to functions with the permission that V1's rules leave.
#include "cloud/deployments/resource_builder.h"

#include <algorithm>

#include <fmt/format.h>

namespace fescue::cloud {

std::vector<Resource> build_resources(const std::vector<ResourceEntry>& entries, std::vector<ErrorDetail>& problems) {
  std::vector<Resource> out;
  if (entries.size() > kMaxResourcesPerGroup) {
    problems.push_back({"InvalidResource", fmt::format("a group has at most {} resources", kMaxResourcesPerGroup)});
    return out;
  }
  for (const ResourceEntry& entry : entries) {
    if (entry.local) {
      out.push_back(*entry.local);
    } else {
      problems.push_back({"NotSupportedYet",
                          fmt::format("the resource {} is a {}, which is not available yet", entry.id, entry.type)});
    }
  }
  return out;
}

std::vector<AttachedResource> attach_resources(const FunctionEntry& function, Isolation isolation,
                                               const std::vector<ResourceEntry>& resources,
                                               std::vector<ErrorDetail>& problems) {
  const auto add = [&](std::string_view code, std::string message) {
    problems.push_back({std::string(code), std::move(message)});
  };
  std::vector<AttachedResource> out;
  for (std::size_t i = 0; i < function.resources.size(); ++i) {
    const ResourceAccess& access = function.resources[i];
    const auto found = std::ranges::find(resources, access.resource_id, &ResourceEntry::id);
    if (found == resources.end()) {
      add("InvalidResourceReference",
          fmt::format("function {}: ResourceAccessPolicies[{}].ResourceId: the group has no resource \"{}\"",
                      function.arn.str(), i, access.resource_id));
      continue;
    }
    if (!found->local) continue;  // its type has been refused already
    if (isolation == Isolation::none) {
      add("InvalidFunctionConfiguration",
          fmt::format("Function {} refers to resource of type {} that is not allowed in IsolationMode=NoContainer.",
                      function.arn.str(), found->type));
      continue;
    }
    // Only resources with an owner setting of their own let a function leave its permission out.
    out.push_back({*found->local, access.permission.value_or(Access::read_only)});
  }
  if (const auto sound = check(out); !sound) {
    add("InvalidResourceReference",
        fmt::format("function {}: ResourceAccessPolicies: {}", function.arn.str(), sound.error().message()));
  }
  return out;
}

}  // namespace fescue::cloud
