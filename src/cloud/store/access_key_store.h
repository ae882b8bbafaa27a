// Access keys of the API: an id, its secret and the user it speaks for. SigV4 needs the secret itself, so it is kept as
// it is, in a database that only its owner can read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cloud/model/access_key.h"
#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kAccessKeySchema;

class AccessKeyStore {
 public:
  explicit AccessKeyStore(Database& database) : database_(database) {}

  /// The first key ever made; made now if there is none.
  Result<ApiAccessKey> ensure(const AccountId& account, WallTime now);
  Result<std::optional<ApiAccessKey>> find(std::string_view id) const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
