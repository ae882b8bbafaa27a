// Invoke targets by ARN: the system services that SDKs reach by theirs, and for every other ARN the functions of the
// group. A service is whatever implements Invoker and is added here.
#pragma once

#include <map>

#include "engine/ports/invoker.h"

namespace fescue {

class ServiceRegistry final : public Invoker {
 public:
  /// `functions` outlives this.
  explicit ServiceRegistry(Invoker& functions) : functions_(functions) {}

  /// `arn` is a system function's, unqualified, that nobody has added; `GGShadowService` and `GGShadowService:1` are
  /// one service. `service` outlives this.
  void add(const FunctionArn& arn, Invoker& service);
  /// Takes what is for `arn` as long as it is not added, before this call or after it.
  void add_stand_in(const FunctionArn& arn, Invoker& service);

  /// Error, besides those of the target: not_found for a system function that nobody added. The router is not here: it
  /// takes no result and is served by the IPC edge.
  Result<void> submit(Invocation invocation, ResultHandler done) override;

 private:
  Invoker& functions_;
  std::map<FunctionArn, Invoker*> services_, stand_ins_;
};

}  // namespace fescue
