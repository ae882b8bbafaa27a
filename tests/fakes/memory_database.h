// The control plane's database, empty, in memory.
#pragma once

#include "control/store/schema.h"
#include "sys/sqlite.h"

namespace fescue::control {

inline Database memory_database() {
  Database database = *Database::open(":memory:");
  const auto migrated = database.migrate(migrations());
  FESCUE_ASSERT(migrated.has_value());
  return database;
}

}  // namespace fescue::control
