// Lambda's Invoke: found out here is which core runs the function; that core does the rest
// (core/admin/invoke_operation.h).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody invoke_function;
/// The older form of an invocation whose result nobody waits for.
OperationBody invoke_function_async;

}  // namespace fescue::cloud
