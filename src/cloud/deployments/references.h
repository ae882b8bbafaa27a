// How a version of a group refers to the versions of definitions that make it up: by ARN,
// arn:aws:greengrass:REGION:ACCOUNT:/greengrass/definition/FAMILY/ID/versions/VERSION.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cloud/model/definition.h"

namespace fescue::cloud {

/// The members of a group version, and the family that each refers to.
inline constexpr std::array<std::pair<std::string_view, Family>, 7> kGroupReferences{{
    {"CoreDefinitionVersionArn", Family::cores},
    {"DeviceDefinitionVersionArn", Family::devices},
    {"FunctionDefinitionVersionArn", Family::functions},
    {"SubscriptionDefinitionVersionArn", Family::subscriptions},
    {"ResourceDefinitionVersionArn", Family::resources},
    {"LoggerDefinitionVersionArn", Family::loggers},
    {"ConnectorDefinitionVersionArn", Family::connectors},
}};

/// "/greengrass/definition/cores" or "/greengrass/groups"
std::string resource_path(Family family);

struct VersionReference {
  std::string definition, version;
};
/// The ids in the ARN of a version of that family, with or without the slash before "greengrass".
std::optional<VersionReference> parse_version_arn(Family family, std::string_view arn);

}  // namespace fescue::cloud
