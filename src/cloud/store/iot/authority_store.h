// The owner's certificate authorities, and the code by which the holder of one's key proves to be the owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/model/certificate_authority.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kAuthoritySchema;

class AuthorityStore {
 public:
  explicit AuthorityStore(Database& database) : database_(database) {}

  /// Error: already_exists.
  Result<void> insert(const CertificateAuthority& authority);
  /// Status, auto registration and time of change.
  Result<void> update(const CertificateAuthority& authority);
  Result<std::optional<CertificateAuthority>> find(const CertificateId& id) const;
  /// All whose name has this hash.
  Result<std::vector<CertificateAuthority>> named(std::string_view subject) const;
  Result<void> remove(const CertificateId& id);
  /// Those after (in the order asked for) the one with the number `after`; 0 begins.
  Result<std::vector<CertificateAuthority>> list(ListOrder order, std::int64_t after, std::size_t limit) const;

 private:
  Database& database_;
};

/// One at most.
class RegistrationCodeStore {
 public:
  explicit RegistrationCodeStore(Database& database) : database_(database) {}

  Result<std::optional<std::string>> find() const;
  /// Where there is none yet.
  Result<void> put(std::string_view code);
  Result<void> remove();

 private:
  Database& database_;
};

}  // namespace fescue::cloud
