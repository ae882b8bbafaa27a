// Operations on Lambda functions (reference: control-api 3).
#pragma once

#include "control/api/operation.h"

namespace fescue::control {

OperationBody create_function, get_function, get_function_configuration, update_function_code,
    update_function_configuration, delete_function, list_functions;

}  // namespace fescue::control
