// What a key may do by its role (docs/security.md#keys-of-the-api): one table from operation to the role that it needs,
// asked once for each request, before the operation is looked at. No I/O.
#pragma once

#include "cloud/api/framework/operation.h"
#include "cloud/model/access_key.h"

namespace fescue::cloud {

KeyRole needed_role(const Operation& operation);

/// Error: 403 AccessDeniedException in AWS's words.
ApiValue<void> check_access(const ApiAccessKey& caller, const Operation& operation);

/// "iot:CreateThing", as policies of IAM call an operation.
std::string action_of(const Operation& operation);

}  // namespace fescue::cloud
