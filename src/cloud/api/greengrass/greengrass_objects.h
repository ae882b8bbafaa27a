// What the operations on Greengrass's definitions and groups share: ARNs, the two answers DefObj and VerObj, errors and
// paging (docs/compatibility/api-greengrass.md#versions-and-ids).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/api/framework/members.h"
#include "cloud/api/framework/operation.h"
#include "cloud/api/framework/pages.h"
#include "cloud/control_plane.h"
#include "cloud/model/definition.h"
#include "model/deployment.h"
#include "model/ids.h"

namespace fescue::cloud {

inline constexpr PageRule kGreengrassPages{
    .size = "MaxResults", .token = "NextToken", .default_size = 50, .max_size = 50};

/// From the operation's path: /greengrass/definition/cores/... or /greengrass/groups/...
Family family_of(const Operation& operation);

// arn:aws:greengrass:R:A:/greengrass/definition/cores/ID[/versions/V], .../greengrass/groups/ID[/versions/V],
// .../greengrass/groups/ID/deployments/D
std::string definition_arn(const CloudConfig& config, Family family, std::string_view id);
std::string version_arn(const CloudConfig& config, Family family, std::string_view id, std::string_view version);
std::string deployment_arn(const CloudConfig& config, const GroupId& group, const DeploymentId& deployment);

json::object definition_json(const CloudConfig& config, const Definition& definition);
json::object version_json(const CloudConfig& config, Family family, const DefinitionVersion& version);

/// 404 IdNotFoundException, under the id that was asked for.
ApiError id_not_found(Family family, std::string_view id);
ApiError version_not_found(Family family, std::string_view id, std::string_view version);
ApiValue<Definition> find_definition(ControlPlane& plane, Family family, const std::string& id);
ApiValue<DefinitionVersion> find_version(ControlPlane& plane, Family family, const std::string& id,
                                         const std::string& version);

/// BadRequestException: `sentence`, then the details in the message (which is all that the CLI shows) and in
/// ErrorDetails.
ApiError bad_request(std::string_view sentence, const std::vector<ErrorDetail>& details);
json::array details_json(const std::vector<ErrorDetail>& details);

/// A definition or group as the request wants it, with a new id; not stored yet.
ApiValue<Definition> new_definition(const ControlPlane& plane, Family family, const ApiRequest& request);
/// Stores it with its first version, if there is one, whose id it then has. The caller's transaction surrounds this.
ApiValue<void> insert_definition(ControlPlane& plane, Definition& definition,
                                 const std::optional<json::object>& first_version);
/// A new version, which becomes the latest.
ApiValue<DefinitionVersion> create_version_row(ControlPlane& plane, const std::string& definition,
                                               const json::object& body);

/// The broker hears which things are cores: of a new version of a core definition; after a removal.
void learn_cores(ControlPlane& plane, const json::object& body);
ApiValue<void> forget_cores(ControlPlane& plane);

/// The sequence number that a page goes on from.
std::int64_t sequence_of(const Page& page);

}  // namespace fescue::cloud
