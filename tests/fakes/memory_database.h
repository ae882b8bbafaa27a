// The control plane's database, empty, in memory.
#pragma once

#include "cloud/store/schema.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

inline Database memory_database() {
  Database database = *Database::open(":memory:");
  const auto migrated = database.migrate(migrations());
  FESCUE_ASSERT(migrated.has_value());
  return database;
}

}  // namespace fescue::cloud
