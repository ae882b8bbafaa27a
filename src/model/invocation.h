// An Invocation asks a function (or a system service, by its ARN) to handle one payload. Its outcome is an
// InvocationResult; that nobody could run it at all is an Error (docs/compatibility/local-api.md#results).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "model/arn.h"
#include "model/ids.h"
#include "model/topic.h"

namespace fescue {

/// Whether the caller wants to read what the function logs meanwhile (Lambda's X-Amz-Log-Type: Tail).
using LogTail = StrongBool<struct LogTailTag>;

enum class InvocationType {
  event,             // nobody waits for the result
  request_response,  // one caller waits
};

struct Invocation {
  InvocationId id;
  FunctionArn caller;  // empty when the caller is not a function
  FunctionArn target;  // qualified, or a system function
  InvocationType type = InvocationType::event;
  std::string client_context;  // base64 of a JSON object, as on the wire; empty when there is none
  Payload payload;
  LogTail log_tail = {};
};

enum class FunctionError {
  none,
  handled,    // the function raised; the payload is its {"errorMessage": ...}
  unhandled,  // the worker died or ran out of time; the payload is the core's {"errorMessage": ...}
};

/// "", "Handled", "Unhandled": the value of X-Amz-Function-Error.
std::string_view name_of(FunctionError error);

struct InvocationResult {
  FunctionError error = FunctionError::none;
  Payload payload;
  std::string log_tail = {};  // if it was asked for: the last lines of the worker's log during this invocation
};

/// {"errorMessage": message}, as runtimes and the core report failures.
InvocationResult failed_result(FunctionError error, std::string_view message);

/// The client context of an invocation made by routing a message: base64 of {"custom":{"subject":"<topic>"}}.
std::string subject_context(const Topic& topic);

}  // namespace fescue
