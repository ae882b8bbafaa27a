// Who asks for a missing service gets an answer, not a refusal: that is what its SDK can read.
#include "core/missing_services.h"

#include <string>

namespace fescue {

Result<void> MissingService::submit(Invocation, ResultHandler done) {
  if (done) done({FunctionError::none, Payload(std::string(answer_))});
  return ok();
}

void MissingServices::add_to(ServiceRegistry& services) {
  services.add_stand_in(system_function::shadow, shadows_);
  services.add_stand_in(system_function::secret_manager, secrets_);
}

}  // namespace fescue
