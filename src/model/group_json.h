// The Group as JSON: one format for the deployment document and for ggc/deployment/group/group.json, in V1's shape
// (docs/compatibility/core-files.md#group-file) with Fescue's additions under "fescue". Unknown members are ignored.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/deployment.h"
#include "model/group.h"

namespace fescue {

std::string to_json(const DeploymentDocument& document);

/// Errors: invalid_argument naming the member, e.g. `GroupDefinitions.Lambdas.Content[2].FunctionArn: ...`.
Result<DeploymentDocument> parse_deployment_document(std::string_view json);

}  // namespace fescue
