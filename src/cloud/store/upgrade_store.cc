// SQL for upgrades that were made.
#include "cloud/store/upgrade_store.h"

namespace fescue::cloud {

constexpr std::string_view kUpgradeSchema = R"sql(
CREATE TABLE upgrade (
  name TEXT PRIMARY KEY,
  done_ms INTEGER NOT NULL
)
)sql";

Result<bool> UpgradeStore::is_done(std::string_view name) const {
  FESCUE_TRY(select, database_.prepare("SELECT 1 FROM upgrade WHERE name = ?1"));
  return select.bind(1, name).step();
}

Result<void> UpgradeStore::set_done(std::string_view name, WallTime now) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO upgrade VALUES (?1, ?2)"));
  return insert.bind_all(name, epoch_milliseconds(now)).run();
}

}  // namespace fescue::cloud
