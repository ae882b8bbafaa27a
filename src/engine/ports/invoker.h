// Port: "run this function". Callers are the IPC edge, the router, the admin server; the targets are functions and the
// system services that SDKs reach by ARN.
#pragma once

#include <functional>

#include "base/result.h"
#include "model/invocation.h"

namespace fescue {

using ResultHandler = std::function<void(InvocationResult)>;

class Invoker {
 public:
  virtual ~Invoker() = default;

  /// Takes the invocation or refuses it at once: not_found (no such function in the group), resource_exhausted (work
  /// queue full), invalid_argument (payload is not JSON for a JSON function), unimplemented.
  /// When taken, `done` is called exactly once, possibly before submit() returns; a dying worker, a timeout and a
  /// redeployment all end in a call with FunctionError::unhandled. `done` may be empty for events.
  virtual Result<void> submit(Invocation invocation, ResultHandler done) = 0;
};

}  // namespace fescue
