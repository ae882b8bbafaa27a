// SQL for role aliases.
#include "cloud/store/iot/role_alias_store.h"

namespace fescue::cloud {

constexpr std::string_view kRoleAliasSchema = R"sql(
CREATE TABLE role_alias (
  name TEXT PRIMARY KEY,
  role_arn TEXT NOT NULL,
  duration_seconds INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL
) WITHOUT ROWID
)sql";

Result<void> RoleAliasStore::insert(const RoleAlias& alias) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO role_alias VALUES (?1, ?2, ?3, ?4, ?5)"));
  return insert
      .bind_all(alias.name, alias.role_arn, alias.duration_seconds, epoch_milliseconds(alias.created),
                epoch_milliseconds(alias.modified))
      .run();
}

Result<void> RoleAliasStore::update(const RoleAlias& alias) {
  FESCUE_TRY(update, database_.prepare("UPDATE role_alias SET role_arn = ?2, duration_seconds = ?3, modified_ms = ?4 "
                                       "WHERE name = ?1"));
  return update.bind_all(alias.name, alias.role_arn, alias.duration_seconds, epoch_milliseconds(alias.modified)).run();
}

Result<std::optional<RoleAlias>> RoleAliasStore::find(std::string_view name) const {
  FESCUE_TRY(select, database_.prepare("SELECT name, role_arn, duration_seconds, created_ms, modified_ms "
                                       "FROM role_alias WHERE name = ?1"));
  return select.bind(1, name).first([](const Statement& row) {
    return RoleAlias{.name = row.text(0),
                     .role_arn = row.text(1),
                     .duration_seconds = row.integer(2),
                     .created = from_epoch_milliseconds(row.integer(3)),
                     .modified = from_epoch_milliseconds(row.integer(4))};
  });
}

Result<void> RoleAliasStore::remove(std::string_view name) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM role_alias WHERE name = ?1"));
  return remove.bind(1, name).run();
}

Result<std::vector<std::string>> RoleAliasStore::names(std::string_view after, std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT name FROM role_alias WHERE name > ?1 ORDER BY name LIMIT ?2"));
  return select.bind_all(after, static_cast<std::int64_t>(limit)).rows(first_column<std::string>);
}

}  // namespace fescue::cloud
