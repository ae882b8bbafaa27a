// Invocations by ARN: functions of the group, and the system services that SDKs reach by theirs.
#pragma once

#include "engine/ports/invoker.h"

namespace fescue {

class InvokeTargets final : public Invoker {
 public:
  /// `functions` outlives this.
  explicit InvokeTargets(Invoker& functions) : functions_(functions) {}

  /// The shadow service and the secret manager are not built yet: they answer with the error body that SDKs expect of
  /// them (docs/compatibility/local-api.md#shadow-calls, docs/compatibility/local-api.md#secret-calls). The router
  /// takes no result, so it is served by the IPC edge.
  Result<void> submit(Invocation invocation, ResultHandler done) override;

 private:
  Invoker& functions_;
};

}  // namespace fescue
