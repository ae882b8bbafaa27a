// What is read in a certificate, and what a new row has besides.
#include "cloud/broker/enrolment.h"

#include "base/random.h"

namespace fescue::cloud {

bool has_strong_key(const CertificateInfo& info) {
  constexpr int kBitsOfRsa2048 = 112;
  return info.security_bits >= kBitsOfRsa2048;
}

Certificate new_certificate(const CertificateInfo& info, std::string pem, WallTime now) {
  return {.id = CertificateId(info.sha256),
          .pem = std::move(pem),
          .not_before = info.not_before,
          .not_after = info.not_after,
          .created = now,
          .modified = now,
          .generation_id = random_uuid()};
}

}  // namespace fescue::cloud
