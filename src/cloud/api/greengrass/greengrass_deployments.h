// Operations on a group's deployments; what becomes of them is the rollout's
// (docs/compatibility/api-greengrass.md#deployments).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_deployment, get_deployment_status, list_deployments, reset_deployments;
OperationBody list_bulk_deployments;  // there are none

}  // namespace fescue::cloud
