// Certificates that devices and cores present. The id is the SHA-256 of the DER; private keys are never kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/strong.h"
#include "model/arn.h"

namespace fescue::cloud {

using CertificateId = Strong<struct CertificateIdTag>;  // 64 lower-case hexadecimal digits

/// AWS's states that a certificate can have here.
enum class CertificateStatus { active, inactive, revoked, pending_activation };
std::string_view name_of(CertificateStatus status);  // "ACTIVE"
std::optional<CertificateStatus> parse_certificate_status(std::string_view text);

/// sni_only: of certificates whose authority has not been proved to be the account's. Only told, never asked for.
enum class CertificateMode { proved, sni_only };
std::string_view name_of(CertificateMode mode);  // "DEFAULT", "SNI_ONLY"

struct Certificate {
  CertificateId id;
  std::string pem;
  CertificateStatus status = CertificateStatus::inactive;
  CertificateMode mode = CertificateMode::proved;
  CertificateId authority{};  // the registered one that signed it (certificate_authority.h); empty: ours, or unknown
  WallTime not_before{}, not_after{};
  WallTime created{}, modified{};
  std::string generation_id;  // UUID
  std::int64_t number = 0;    // grows with each new one
};

/// arn:aws:iot:REGION:ACCOUNT:cert/ID
std::string certificate_arn(const Region& region, const AccountId& account, const CertificateId& id);

/// The id at the end of such an ARN; not checked.
CertificateId certificate_id_of(std::string_view arn);

/// Of lists of certificates and policies.
enum class ListOrder { oldest_first, newest_first };

}  // namespace fescue::cloud
