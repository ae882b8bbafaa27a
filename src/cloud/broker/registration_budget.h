// RegistrationBudget: how much an authority that registers what it signs may make of it. Whoever has its key can make
// certificates without end; of each authority no more wait for their activation than there is room for, and they come,
// and are told of, no faster than its rate. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "base/clock.h"
#include "cloud/model/certificate.h"

namespace fescue::cloud {

struct RegistrationLimits {
  std::int64_t pending = 1000;          // of one authority
  std::size_t pem_bytes = 16 * 1024;    // of one certificate
  std::int64_t burst = 100;             // registrations and events of one authority at once
  std::chrono::milliseconds each{100};  // and one more after this time
};

enum class RegistrationVerdict { granted, too_large, too_many_pending, too_often };

class RegistrationBudget {
 public:
  explicit RegistrationBudget(const RegistrationLimits& limits = {}) : limits_(limits) {}

  RegistrationVerdict ask(const CertificateId& authority, std::int64_t pending, std::size_t pem_bytes, SteadyTime now);
  /// Whether a certificate that is pending may be told of again.
  bool may_tell(const CertificateId& authority, SteadyTime now);

 private:
  RegistrationLimits limits_;
  std::map<CertificateId, SteadyTime> used_up_to_;  // for each one granted, a step; never far in the past
};

}  // namespace fescue::cloud
