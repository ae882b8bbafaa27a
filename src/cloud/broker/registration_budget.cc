// Bounds in the order in which a newcomer meets them; the rate as a time that each grant moves on.
#include "cloud/broker/registration_budget.h"

#include <algorithm>

namespace fescue::cloud {

RegistrationVerdict RegistrationBudget::ask(const CertificateId& authority, std::int64_t pending, std::size_t pem_bytes,
                                            SteadyTime now) {
  if (pem_bytes > limits_.pem_bytes) return RegistrationVerdict::too_large;
  if (pending >= limits_.pending) return RegistrationVerdict::too_many_pending;
  return may_tell(authority, now) ? RegistrationVerdict::granted : RegistrationVerdict::too_often;
}

bool RegistrationBudget::may_tell(const CertificateId& authority, SteadyTime now) {
  SteadyTime& used = used_up_to_[authority];
  const SteadyTime next = std::max(used, now - limits_.burst * limits_.each) + limits_.each;
  if (next > now) return false;
  used = next;
  return true;
}

}  // namespace fescue::cloud
