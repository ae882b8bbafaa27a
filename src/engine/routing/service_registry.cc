// Finds who takes an invocation.
#include "engine/routing/service_registry.h"

#include "base/assert.h"

namespace fescue {

void ServiceRegistry::add(const FunctionArn& arn, Invoker& service) {
  FESCUE_ASSERT(arn.is_system() && !arn.is_qualified());
  services_[arn] = &service;
}

Result<void> ServiceRegistry::submit(Invocation invocation, ResultHandler done) {
  if (!invocation.target.is_system()) return functions_.submit(std::move(invocation), std::move(done));
  const auto service = services_.find(invocation.target.unqualified());
  if (service != services_.end()) return service->second->submit(std::move(invocation), std::move(done));
  return Error(Code::not_found, "there is no system function " + invocation.target.str());
}

}  // namespace fescue
