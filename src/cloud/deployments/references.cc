// The pattern of a definition version's ARN.
#include "cloud/deployments/references.h"

#include <fmt/format.h>

#include "model/arn.h"

namespace fescue::cloud {

std::string resource_path(Family family) {
  if (family == Family::groups) return "/greengrass/groups";
  return fmt::format("/greengrass/definition/{}", name_of(family));
}

std::optional<VersionReference> parse_version_arn(Family family, std::string_view arn) {
  const auto parts = parse_arn(arn);
  if (!parts || parts->service != "greengrass") return std::nullopt;
  std::string resource = parts->resource;
  if (!resource.starts_with('/')) resource.insert(0, "/");
  const std::string prefix = resource_path(family) + "/";
  constexpr std::string_view kVersions = "/versions/";
  const std::size_t versions = resource.find(kVersions);
  if (!resource.starts_with(prefix) || versions == std::string::npos || versions < prefix.size()) return std::nullopt;
  return VersionReference{resource.substr(prefix.size(), versions - prefix.size()),
                          resource.substr(versions + kVersions.size())};
}

}  // namespace fescue::cloud
