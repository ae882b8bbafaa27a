// Certificate authorities of the owner's, registered so that what they sign can be. Their keys are never here.
#pragma once

#include <cstdint>
#include <string>

#include "cloud/model/certificate.h"

namespace fescue::cloud {

enum class AutoRegistration { disabled, enabled };  // of certificates that connect and are not known

struct CertificateAuthority {
  CertificateId id;
  std::string pem;
  std::string subject;                                     // a short hash of its name: CertificateInfo::subject
  CertificateStatus status = CertificateStatus::inactive;  // or active
  AutoRegistration auto_registration = AutoRegistration::disabled;
  CertificateMode mode = CertificateMode::proved;
  WallTime not_before{}, not_after{};
  WallTime created{}, modified{};
  std::string generation_id;  // UUID
  std::int64_t number = 0;    // grows with each new one
};

/// Whether it may register what it has signed, when that connects.
inline bool registers_itself(const CertificateAuthority& authority) {
  return authority.status == CertificateStatus::active && authority.auto_registration == AutoRegistration::enabled;
}

}  // namespace fescue::cloud
