// Operations on a group's deployments; what becomes of them is the rollout's (reference: control-api 2.4).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_deployment, get_deployment_status, list_deployments, reset_deployments;

}  // namespace fescue::cloud
