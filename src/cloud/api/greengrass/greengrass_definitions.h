// The eight operations of each of the seven families of definitions, one function for each verb: the family is told by
// the operation's path. Listing, reading and renaming are the same for groups, whose table rows point here, too
// (docs/compatibility/api-greengrass.md#definitions).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_definition, list_definitions, get_definition, update_definition, delete_definition;
OperationBody create_definition_version, list_definition_versions, get_definition_version;

}  // namespace fescue::cloud
