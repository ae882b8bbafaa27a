// SQL for definitions, groups and their versions, newest first.
#include "cloud/store/definition_store.h"

#include <fmt/format.h>

#include "cloud/store/json_columns.h"

namespace fescue::cloud {

namespace json = boost::json;

constexpr std::string_view kDefinitionSchema = R"sql(
CREATE TABLE definition (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  family TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  tags TEXT NOT NULL
);
CREATE INDEX definition_family ON definition (family, sequence);
CREATE TABLE definition_version (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  definition TEXT NOT NULL REFERENCES definition (id) ON DELETE CASCADE,
  version TEXT NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX definition_version_order ON definition_version (definition, sequence)
)sql";

namespace {

constexpr std::string_view kSelectDefinition =
    "SELECT sequence, id, name, created_ms, updated_ms, tags, (SELECT version FROM definition_version "
    "WHERE definition = definition.id ORDER BY sequence DESC LIMIT 1) FROM definition";
constexpr std::string_view kSelectVersion =
    "SELECT sequence, definition, version, created_ms, body FROM definition_version";

Result<Definition> definition_of(Family family, const Statement& row) {
  FESCUE_TRY(tags, stored_string_map(row.text(5), fmt::format("the tags column of definition {}", row.text(1))));
  return Definition{.family = family,
                    .id = row.text(1),
                    .name = row.text(2),
                    .created = from_epoch_milliseconds(row.integer(3)),
                    .updated = from_epoch_milliseconds(row.integer(4)),
                    .latest_version = row.text(6),
                    .tags = std::move(tags),
                    .sequence = row.integer(0)};
}

DefinitionVersion definition_version_of(const Statement& row) {
  return {.definition = row.text(1),
          .version = row.text(2),
          .created = from_epoch_milliseconds(row.integer(3)),
          .body = row.text(4),
          .sequence = row.integer(0)};
}

}  // namespace

Result<void> DefinitionStore::create(const Definition& definition) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO definition (family, id, name, created_ms, updated_ms, tags) "
                                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.bind_all(name_of(definition.family), definition.id, definition.name, epoch_milliseconds(definition.created),
                  epoch_milliseconds(definition.updated), json::serialize(object_of(definition.tags)));
  return insert.run();
}

Result<void> DefinitionStore::add_version(const DefinitionVersion& version) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO definition_version (definition, version, created_ms, body) "
                                       "VALUES (?1, ?2, ?3, ?4)"));
  insert.bind_all(version.definition, version.version, epoch_milliseconds(version.created), version.body);
  FESCUE_CHECK(insert.run());
  FESCUE_TRY(touch, database_.prepare("UPDATE definition SET updated_ms = ?2 WHERE id = ?1"));
  return touch.bind_all(version.definition, epoch_milliseconds(version.created)).run();
}

Result<std::optional<Definition>> DefinitionStore::find(Family family, std::string_view id) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE family = ?1 AND id = ?2", kSelectDefinition)));
  return select.bind_all(name_of(family), id).first([family](const Statement& row) {
    return definition_of(family, row);
  });
}

Result<std::vector<Definition>> DefinitionStore::list(Family family, std::int64_t before_sequence,
                                                      std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare(fmt::format(
                         "{} WHERE family = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3", kSelectDefinition)));
  return select.bind_all(name_of(family), before_sequence, static_cast<std::int64_t>(limit))
      .rows([family](const Statement& row) { return definition_of(family, row); });
}

Result<std::optional<DefinitionVersion>> DefinitionStore::find_version(std::string_view definition,
                                                                       std::string_view version) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE definition = ?1 AND version = ?2", kSelectVersion)));
  return select.bind_all(definition, version).first(definition_version_of);
}

Result<std::vector<DefinitionVersion>> DefinitionStore::list_versions(std::string_view definition,
                                                                      std::int64_t before_sequence,
                                                                      std::size_t limit) const {
  FESCUE_TRY(select,
             database_.prepare(fmt::format("{} WHERE definition = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3",
                                           kSelectVersion)));
  return select.bind_all(definition, before_sequence, static_cast<std::int64_t>(limit)).rows(definition_version_of);
}

Result<std::vector<std::string>> DefinitionStore::bodies(Family family) const {
  FESCUE_TRY(select, database_.prepare("SELECT body FROM definition_version WHERE definition IN "
                                       "(SELECT id FROM definition WHERE family = ?1)"));
  return select.bind_all(name_of(family)).rows(first_column<std::string>);
}

Result<void> DefinitionStore::rename(Family family, std::string_view id, std::string_view name, WallTime now) {
  FESCUE_TRY(update,
             database_.prepare("UPDATE definition SET name = ?3, updated_ms = ?4 WHERE family = ?1 AND id = ?2"));
  return update.bind_all(name_of(family), id, name, epoch_milliseconds(now)).run();
}

Result<void> DefinitionStore::set_tags(Family family, std::string_view id,
                                       const std::map<std::string, std::string>& tags) {
  FESCUE_TRY(update, database_.prepare("UPDATE definition SET tags = ?3 WHERE family = ?1 AND id = ?2"));
  return update.bind_all(name_of(family), id, json::serialize(object_of(tags))).run();
}

Result<void> DefinitionStore::remove(Family family, std::string_view id) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM definition WHERE family = ?1 AND id = ?2"));
  return remove.bind_all(name_of(family), id).run();
}

}  // namespace fescue::cloud
