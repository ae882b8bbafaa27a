// Operations on published versions of Lambda functions (reference: control-api 3.4).
#pragma once

#include <optional>
#include <string>

#include "control/api/members.h"
#include "control/api/operation.h"
#include "control/store/function_store.h"

namespace fescue::control {

OperationBody publish_version, list_versions_by_function;

/// Error: PreconditionFailedException when the request names another revision than `current`.
ApiValue<void> check_revision(const Members& body, std::string_view current);

}  // namespace fescue::control
