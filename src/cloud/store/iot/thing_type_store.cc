// SQL for thing types.
#include "cloud/store/iot/thing_type_store.h"

#include <boost/json.hpp>

namespace fescue::cloud {

namespace json = boost::json;

constexpr std::string_view kThingTypeSchema = R"sql(
CREATE TABLE thing_type (
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  description TEXT NOT NULL,
  searchable TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  deprecated_ms INTEGER
) WITHOUT ROWID
)sql";

namespace {

constexpr std::string_view kSelectTypes =
    "SELECT name, id, description, searchable, created_ms, deprecated_ms FROM thing_type ";

ThingType thing_type_of(const Statement& row) {
  ThingType type{.name = row.text(0),
                 .id = row.text(1),
                 .description = row.text(2),
                 .searchable = {},
                 .created = from_epoch_milliseconds(row.integer(4))};
  const json::value searchable = json::parse(row.text(3));
  for (const json::value& name : searchable.as_array()) type.searchable.emplace_back(name.as_string());
  if (!row.is_null(5)) type.deprecated = from_epoch_milliseconds(row.integer(5));
  return type;
}

}  // namespace

Result<void> ThingTypeStore::insert(const ThingType& type) {
  const std::string searchable = json::serialize(json::array(type.searchable.begin(), type.searchable.end()));
  FESCUE_TRY(insert, database_.prepare("INSERT INTO thing_type VALUES (?1, ?2, ?3, ?4, ?5, NULL)"));
  return insert.bind_all(type.name, type.id, type.description, searchable, epoch_milliseconds(type.created)).run();
}

Result<void> ThingTypeStore::set_deprecated(std::string_view name, std::optional<WallTime> since) {
  FESCUE_TRY(update, database_.prepare("UPDATE thing_type SET deprecated_ms = ?2 WHERE name = ?1"));
  update.bind(1, name);
  if (since) update.bind(2, epoch_milliseconds(*since));  // unbound is NULL
  return update.run();
}

Result<std::optional<ThingType>> ThingTypeStore::find(std::string_view name) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectTypes) + "WHERE name = ?1"));
  return select.bind(1, name).first(thing_type_of);
}

Result<void> ThingTypeStore::remove(std::string_view name) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM thing_type WHERE name = ?1"));
  return remove.bind(1, name).run();
}

Result<std::vector<ThingType>> ThingTypeStore::list(std::string_view after, std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectTypes) + "WHERE name > ?1 ORDER BY name LIMIT ?2"));
  return select.bind_all(after, static_cast<std::int64_t>(limit)).rows(thing_type_of);
}

}  // namespace fescue::cloud
