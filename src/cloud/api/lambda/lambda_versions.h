// Operations on published versions of Lambda functions (docs/compatibility/api-lambda.md#versions-and-aliases).
#pragma once

#include <optional>
#include <string>

#include "cloud/api/framework/members.h"
#include "cloud/api/framework/operation.h"
#include "cloud/model/lambda_function.h"

namespace fescue::cloud {

OperationBody publish_version, list_versions_by_function;

/// Error: PreconditionFailedException when the request names another revision than `current`.
ApiValue<void> check_revision(const Members& body, std::string_view current);

}  // namespace fescue::cloud
