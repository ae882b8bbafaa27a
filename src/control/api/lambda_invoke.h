// Lambda's Invoke: found out here is which core runs the function; that core does the rest (daemon/lambda_invoke.h).
#pragma once

#include "control/api/operation.h"

namespace fescue::control {

OperationBody invoke_function;
/// The older form of an invocation whose result nobody waits for.
OperationBody invoke_function_async;

}  // namespace fescue::control
