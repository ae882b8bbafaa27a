// SQL for the telemetry switch.
#include "cloud/store/runtime_configuration_store.h"

namespace fescue::cloud {

constexpr std::string_view kRuntimeConfigurationSchema = R"sql(
CREATE TABLE runtime_configuration (
  thing TEXT PRIMARY KEY REFERENCES thing (name) ON DELETE CASCADE,
  telemetry INTEGER NOT NULL
) WITHOUT ROWID
)sql";

Result<void> RuntimeConfigurationStore::put(const ThingName& thing, Telemetry telemetry) {
  FESCUE_TRY(insert, database_.prepare("INSERT OR REPLACE INTO runtime_configuration VALUES (?1, ?2)"));
  return insert.bind_all(thing.view(), telemetry == Telemetry::on ? 1 : 0).run();
}

Result<std::optional<Telemetry>> RuntimeConfigurationStore::find(const ThingName& thing) const {
  FESCUE_TRY(select, database_.prepare("SELECT telemetry FROM runtime_configuration WHERE thing = ?1"));
  FESCUE_TRY(found, select.bind(1, thing.view()).step());
  if (!found) return std::optional<Telemetry>();
  return std::optional(select.integer(0) == 1 ? Telemetry::on : Telemetry::off);
}

}  // namespace fescue::cloud
