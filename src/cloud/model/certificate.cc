// Names of states, and the ARN.
#include "cloud/model/certificate.h"

#include <fmt/format.h>

#include "base/text/paths.h"

namespace fescue::cloud {

std::string_view name_of(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::active:
      return "ACTIVE";
    case CertificateStatus::inactive:
      return "INACTIVE";
    case CertificateStatus::revoked:
      return "REVOKED";
    case CertificateStatus::pending_activation:
      return "PENDING_ACTIVATION";
  }
  return "UNKNOWN";
}

std::optional<CertificateStatus> parse_certificate_status(std::string_view text) {
  using enum CertificateStatus;
  for (const auto status : {active, inactive, revoked, pending_activation}) {
    if (text == name_of(status)) return status;
  }
  return std::nullopt;
}

CertificateId certificate_id_of(std::string_view arn) { return CertificateId(std::string(last_name_of(arn))); }

std::string_view name_of(CertificateMode mode) { return mode == CertificateMode::sni_only ? "SNI_ONLY" : "DEFAULT"; }

std::string certificate_arn(const Region& region, const AccountId& account, const CertificateId& id) {
  return fmt::format("arn:aws:iot:{}:{}:cert/{}", region.view(), account.view(), id.view());
}

}  // namespace fescue::cloud
