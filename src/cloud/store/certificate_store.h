// Certificates that devices and cores present. The id is the SHA-256 of the DER; private keys are never kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cloud/model/certificate.h"
#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kCertificateSchema;
extern const std::string_view kCertificateOfAuthoritySchema;

class CertificateStore {
 public:
  explicit CertificateStore(Database& database) : database_(database) {}

  /// Error: already_exists.
  Result<void> insert(const Certificate& certificate);
  Result<std::optional<Certificate>> find(const CertificateId& id) const;
  Result<void> set_status(const CertificateId& id, CertificateStatus status, WallTime now);
  Result<void> remove(const CertificateId& id);
  /// Those after (in the order asked for) the one with the number `after`; 0 begins.
  Result<std::vector<Certificate>> list(ListOrder order, std::int64_t after, std::size_t limit) const;
  /// Of those, what a registered authority has signed.
  Result<std::vector<Certificate>> list_of(const CertificateId& authority, ListOrder order, std::int64_t after,
                                           std::size_t limit) const;
  /// PENDING_ACTIVATION, of one authority and of all.
  Result<std::int64_t> count_pending(const CertificateId& authority) const;
  Result<std::int64_t> count_pending() const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
