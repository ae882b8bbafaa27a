// Which upgrades of data have been made: steps that need more than SQL, each done once in the life of a database.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kUpgradeSchema;

class UpgradeStore {
 public:
  explicit UpgradeStore(Database& database) : database_(database) {}

  Result<bool> is_done(std::string_view name) const;
  Result<void> set_done(std::string_view name, WallTime now);

 private:
  Database& database_;
};

}  // namespace fescue::cloud
