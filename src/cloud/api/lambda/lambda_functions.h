// Operations on Lambda functions (docs/compatibility/api-lambda.md#operations).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_function, get_function, get_function_configuration, update_function_code,
    update_function_configuration, delete_function, list_functions;

}  // namespace fescue::cloud
