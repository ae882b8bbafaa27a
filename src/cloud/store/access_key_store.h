// Access keys of the API: an id, its secret, the user it speaks for and its role; and the sessions that were begun with
// them. SigV4 needs the secret itself, so it is kept as it is, in a database that only its owner can read. A key that
// is revoked is gone, and its sessions with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cloud/model/access_key.h"
#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kAccessKeySchema;
extern const std::string_view kAccessKeyRoleSchema;  // keys of before have the role admin
extern const std::string_view kRevokedKeySchema;

inline constexpr std::size_t kMaxAccessKeys = 1000;
inline constexpr std::size_t kMaxSessionsOfKey = 1000;  // that have not ended

class AccessKeyStore {
 public:
  explicit AccessKeyStore(Database& database) : database_(database) {}

  /// Makes `key` the owner's, an admin's called kOwnerKeyName, in place of the one that was. Error: conflict when it
  /// was revoked.
  Result<ApiAccessKey> set_owner_key(const AccountId& account, const AccessKey& key, WallTime now);
  /// Error: resource_exhausted.
  Result<ApiAccessKey> create(const AccountId& account, const std::string& name, KeyRole role, WallTime now);
  /// A key, or the key of a session, which has the role of its key and may have ended.
  Result<std::optional<ApiAccessKey>> find(std::string_view id) const;
  /// Keys alone, the oldest first, without their secrets.
  Result<std::vector<ApiAccessKey>> list() const;
  /// Whether there was one, key or session.
  Result<bool> revoke(std::string_view id);

  struct SessionUser {
    std::string id, arn;
  };
  /// A session of the key `of`; of the same key if that is a session itself. Error: resource_exhausted.
  Result<ApiAccessKey> begin_session(const ApiAccessKey& of, const SessionUser& user, WallTime expires, WallTime now);

 private:
  Result<ApiAccessKey> insert(ApiAccessKey key, const AccountId& account);
  Result<std::int64_t> count(std::string_view sql, std::string_view id);

  Database& database_;
};

}  // namespace fescue::cloud
