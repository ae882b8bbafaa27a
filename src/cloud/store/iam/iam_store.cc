// SQL for IAM's roles and policies.
#include "cloud/store/iam/iam_store.h"

#include <boost/json.hpp>

namespace fescue::cloud {

namespace json = boost::json;

constexpr std::string_view kIamSchema = R"sql(
CREATE TABLE iam_role (
  name TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  description TEXT NOT NULL,
  trust_policy TEXT NOT NULL,
  max_session_seconds INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  tags TEXT NOT NULL,
  inline_policies TEXT NOT NULL,
  attached TEXT NOT NULL
);
CREATE TABLE iam_policy (
  arn TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  description TEXT NOT NULL,
  document TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  tags TEXT NOT NULL
)
)sql";

namespace {

using Map = std::map<std::string, std::string>;

std::string text_of(const Map& map) { return json::serialize(json::value_from(map)); }
Map map_of(const std::string& text) { return json::value_to<Map>(json::parse(text)); }

IamRole iam_role_of(const Statement& row) {
  return {.name = row.text(0),
          .path = row.text(1),
          .id = row.text(2),
          .description = row.text(3),
          .trust_policy = row.text(4),
          .max_session_seconds = row.integer(5),
          .created = from_epoch_milliseconds(row.integer(6)),
          .tags = map_of(row.text(7)),
          .inline_policies = map_of(row.text(8)),
          .attached = map_of(row.text(9))};
}

IamPolicy iam_policy_of(const Statement& row) {
  return {.arn = row.text(0),
          .name = row.text(1),
          .path = row.text(2),
          .id = row.text(3),
          .description = row.text(4),
          .document = row.text(5),
          .created = from_epoch_milliseconds(row.integer(6)),
          .tags = map_of(row.text(7))};
}

void bind_role(Statement& statement, const IamRole& role) {
  statement.bind_all(role.name, role.path, role.id, role.description, role.trust_policy, role.max_session_seconds,
                     epoch_milliseconds(role.created), text_of(role.tags), text_of(role.inline_policies),
                     text_of(role.attached));
}

}  // namespace

Result<void> IamStore::check_room(std::string_view count_sql, std::size_t most) const {
  FESCUE_TRY(select, database_.prepare(count_sql));
  FESCUE_TRY(count, select.first([](const Statement& row) { return row.integer(0); }));
  if (static_cast<std::size_t>(count.value_or(0)) < most) return ok();
  return Error(Code::resource_exhausted, "there are already " + std::to_string(most) + ", which is the most");
}

Result<void> IamStore::insert(const IamRole& role) {
  FESCUE_CHECK(check_room("SELECT COUNT(*) FROM iam_role", kMaxIamRoles));
  FESCUE_TRY(insert, database_.prepare("INSERT INTO iam_role VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  bind_role(insert, role);
  return insert.run();
}

Result<void> IamStore::update(const IamRole& role) {
  FESCUE_TRY(update, database_.prepare("REPLACE INTO iam_role VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  bind_role(update, role);
  return update.run();
}

Result<std::optional<IamRole>> IamStore::find_role(std::string_view name) const {
  FESCUE_TRY(select, database_.prepare("SELECT * FROM iam_role WHERE name = ?1"));
  return select.bind(1, name).first(iam_role_of);
}

Result<void> IamStore::remove_role(std::string_view name) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM iam_role WHERE name = ?1"));
  return remove.bind(1, name).run();
}

Result<std::vector<IamRole>> IamStore::list_roles(std::string_view after, std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT * FROM iam_role WHERE name > ?1 ORDER BY name LIMIT ?2"));
  return select.bind_all(after, static_cast<std::int64_t>(limit)).rows(iam_role_of);
}

Result<void> IamStore::insert(const IamPolicy& policy) {
  FESCUE_CHECK(check_room("SELECT COUNT(*) FROM iam_policy", kMaxIamPolicies));
  FESCUE_TRY(insert, database_.prepare("INSERT INTO iam_policy VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  return insert
      .bind_all(policy.arn, policy.name, policy.path, policy.id, policy.description, policy.document,
                epoch_milliseconds(policy.created), text_of(policy.tags))
      .run();
}

Result<std::optional<IamPolicy>> IamStore::find_policy(std::string_view arn) const {
  FESCUE_TRY(select, database_.prepare("SELECT * FROM iam_policy WHERE arn = ?1"));
  return select.bind(1, arn).first(iam_policy_of);
}

Result<void> IamStore::remove_policy(std::string_view arn) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM iam_policy WHERE arn = ?1"));
  return remove.bind(1, arn).run();
}

Result<std::vector<IamPolicy>> IamStore::list_policies(std::string_view after, std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT * FROM iam_policy WHERE arn > ?1 ORDER BY arn LIMIT ?2"));
  return select.bind_all(after, static_cast<std::int64_t>(limit)).rows(iam_policy_of);
}

Result<std::int64_t> IamStore::attachments(std::string_view arn) const {
  FESCUE_TRY(select,
             database_.prepare("SELECT COUNT(*) FROM iam_role, json_each(iam_role.attached) AS a WHERE a.key = ?1"));
  FESCUE_TRY(count, select.bind(1, arn).first([](const Statement& row) { return row.integer(0); }));
  return count.value_or(0);
}

}  // namespace fescue::cloud
