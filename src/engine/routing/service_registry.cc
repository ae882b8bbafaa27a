// Finds who takes an invocation.
#include "engine/routing/service_registry.h"

#include "base/assert.h"

namespace fescue {

void ServiceRegistry::add(const FunctionArn& arn, Invoker& service) {
  FESCUE_ASSERT(arn.is_system() && !arn.is_qualified());
  const bool is_new = services_.emplace(arn, &service).second;
  FESCUE_ASSERT(is_new);
}

void ServiceRegistry::add_stand_in(const FunctionArn& arn, Invoker& service) {
  FESCUE_ASSERT(arn.is_system() && !arn.is_qualified());
  const bool is_new = stand_ins_.emplace(arn, &service).second;
  FESCUE_ASSERT(is_new);
}

Result<void> ServiceRegistry::submit(Invocation invocation, ResultHandler done) {
  if (!invocation.target.is_system()) return functions_.submit(std::move(invocation), std::move(done));
  for (const auto* known : {&services_, &stand_ins_}) {
    const auto service = known->find(invocation.target.unqualified());
    if (service != known->end()) return service->second->submit(std::move(invocation), std::move(done));
  }
  return Error(Code::not_found, "there is no system function " + invocation.target.str());
}

}  // namespace fescue
