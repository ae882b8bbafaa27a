// Operations on aliases: names that point to a version of a Lambda function
// (docs/compatibility/api-lambda.md#versions-and-aliases).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_alias, get_alias, update_alias, delete_alias, list_aliases;

}  // namespace fescue::cloud
