// Operations on groups that differ from those on definitions: a group's versions refer to versions of definitions, and
// each group has a key that signs its deployments (docs/compatibility/api-greengrass.md#groups).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_group, delete_group, create_group_version;

}  // namespace fescue::cloud
