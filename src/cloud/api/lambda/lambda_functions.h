// Operations on Lambda functions (reference: control-api 3).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_function, get_function, get_function_configuration, update_function_code,
    update_function_configuration, delete_function, list_functions;

}  // namespace fescue::cloud
