// SQL for policies, their versions and what they are attached to.
#include "cloud/store/policy_store.h"

#include <limits>

namespace fescue::cloud {

constexpr std::string_view kPolicySchema = R"sql(
CREATE TABLE policy (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  default_version INTEGER NOT NULL,
  last_version INTEGER NOT NULL,
  generation_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL
);
CREATE TABLE policy_version (
  policy TEXT NOT NULL REFERENCES policy (name) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (policy, version)
);
CREATE TABLE policy_target (
  policy TEXT NOT NULL REFERENCES policy (name),
  target TEXT NOT NULL,
  PRIMARY KEY (policy, target)
);
CREATE INDEX policy_target_by_target ON policy_target (target)
)sql";

namespace {

constexpr std::string_view kSelectPolicies =
    "SELECT name, default_version, generation_id, created_ms, modified_ms, number FROM policy ";

Policy read_policy(const Statement& row) {
  return {.name = PolicyName(row.text(0)),
          .default_version = row.integer(1),
          .generation_id = row.text(2),
          .created = from_epoch_milliseconds(row.integer(3)),
          .modified = from_epoch_milliseconds(row.integer(4)),
          .number = row.integer(5)};
}

PolicyVersion read_version(const Statement& row) {
  return {row.integer(0), row.text(1), from_epoch_milliseconds(row.integer(2))};
}

}  // namespace

Result<void> PolicyStore::insert(const Policy& policy, std::string_view document) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(insert, database_.prepare("INSERT INTO policy (name, default_version, last_version, generation_id, "
                                       "created_ms, modified_ms) VALUES (?1, 1, 1, ?2, ?3, ?4)"));
  insert.bind_all(policy.name.view(), policy.generation_id, epoch_milliseconds(policy.created),
                  epoch_milliseconds(policy.modified));
  FESCUE_CHECK(insert.run());
  FESCUE_TRY(version, database_.prepare("INSERT INTO policy_version VALUES (?1, 1, ?2, ?3)"));
  FESCUE_CHECK(version.bind_all(policy.name.view(), document, epoch_milliseconds(policy.created)).run());
  return transaction.commit();
}

Result<std::optional<Policy>> PolicyStore::find(const PolicyName& name) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectPolicies) + "WHERE name = ?1"));
  return select.bind(1, name.view()).first(read_policy);
}

Result<void> PolicyStore::remove(const PolicyName& name) {
  FESCUE_TRY(statement, database_.prepare("DELETE FROM policy WHERE name = ?1"));
  return statement.bind(1, name.view()).run();
}

Result<std::vector<Policy>> PolicyStore::list(ListOrder order, std::int64_t after, std::size_t limit) const {
  const bool oldest_first = order == ListOrder::oldest_first;
  const std::int64_t from = !oldest_first && after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
  FESCUE_TRY(select, database_.prepare(std::string(kSelectPolicies) +
                                       (oldest_first ? "WHERE number > ?1 ORDER BY number LIMIT ?2"
                                                     : "WHERE number < ?1 ORDER BY number DESC LIMIT ?2")));
  return select.bind_all(from, static_cast<std::int64_t>(limit)).rows(read_policy);
}

Result<std::int64_t> PolicyStore::add_version(const PolicyName& name, std::string_view document, WallTime now) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(next, database_.prepare("UPDATE policy SET last_version = last_version + 1, modified_ms = ?2 "
                                     "WHERE name = ?1 RETURNING last_version"));
  FESCUE_TRY(found, next.bind_all(name.view(), epoch_milliseconds(now)).step());
  if (!found) return Error(Code::not_found, "no policy " + name.str());
  const std::int64_t version = next.integer(0);
  FESCUE_CHECK(next.run());
  FESCUE_TRY(insert, database_.prepare("INSERT INTO policy_version VALUES (?1, ?2, ?3, ?4)"));
  FESCUE_CHECK(insert.bind_all(name.view(), version, document, epoch_milliseconds(now)).run());
  FESCUE_CHECK(transaction.commit());
  return version;
}

Result<std::optional<PolicyVersion>> PolicyStore::find_version(const PolicyName& name, std::int64_t version) const {
  FESCUE_TRY(select, database_.prepare("SELECT version, document, created_ms FROM policy_version "
                                       "WHERE policy = ?1 AND version = ?2"));
  return select.bind_all(name.view(), version).first(read_version);
}

Result<std::vector<PolicyVersion>> PolicyStore::versions(const PolicyName& name) const {
  FESCUE_TRY(select, database_.prepare("SELECT version, document, created_ms FROM policy_version "
                                       "WHERE policy = ?1 ORDER BY version DESC"));
  return select.bind(1, name.view()).rows(read_version);
}

Result<void> PolicyStore::remove_version(const PolicyName& name, std::int64_t version) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM policy_version WHERE policy = ?1 AND version = ?2"));
  return remove.bind_all(name.view(), version).run();
}

Result<void> PolicyStore::set_default(const PolicyName& name, std::int64_t version, WallTime now) {
  FESCUE_TRY(update, database_.prepare("UPDATE policy SET default_version = ?2, modified_ms = ?3 WHERE name = ?1"));
  return update.bind_all(name.view(), version, epoch_milliseconds(now)).run();
}

Result<void> PolicyStore::attach(const PolicyName& name, std::string_view target) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO policy_target VALUES (?1, ?2) ON CONFLICT DO NOTHING"));
  return insert.bind_all(name.view(), target).run();
}

Result<void> PolicyStore::detach(const PolicyName& name, std::string_view target) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM policy_target WHERE policy = ?1 AND target = ?2"));
  return remove.bind_all(name.view(), target).run();
}

Result<void> PolicyStore::detach_all(std::string_view target) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM policy_target WHERE target = ?1"));
  return remove.bind(1, target).run();
}

Result<std::vector<Policy>> PolicyStore::attached_to(std::string_view target) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectPolicies) + "WHERE name IN (SELECT policy FROM policy_target "
                                                                      "WHERE target = ?1) ORDER BY name"));
  return select.bind(1, target).rows(read_policy);
}

Result<std::vector<PolicyName>> PolicyStore::policies_of(std::string_view target, std::string_view after,
                                                         std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT policy FROM policy_target WHERE target = ?1 AND policy > ?2 "
                                       "ORDER BY policy LIMIT ?3"));
  return select.bind_all(target, after, static_cast<std::int64_t>(limit)).rows(first_column<PolicyName>);
}

Result<std::vector<std::string>> PolicyStore::targets_of(const PolicyName& name, std::string_view after,
                                                         std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT target FROM policy_target WHERE policy = ?1 AND target > ?2 "
                                       "ORDER BY target LIMIT ?3"));
  return select.bind_all(name.view(), after, static_cast<std::int64_t>(limit)).rows(first_column<std::string>);
}

}  // namespace fescue::cloud
