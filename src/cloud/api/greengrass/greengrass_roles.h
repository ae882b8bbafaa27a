// IAM roles of groups and of the account: kept for the tools that ask for them, and used by nobody
// (docs/compatibility/api-greengrass.md#roles).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody associate_role_to_group, get_associated_role, disassociate_role_from_group;
OperationBody associate_service_role, get_service_role, disassociate_service_role;

}  // namespace fescue::cloud
