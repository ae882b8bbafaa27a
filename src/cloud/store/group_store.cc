// SQL for groups' signing keys and roles.
#include "cloud/store/group_store.h"

namespace fescue::cloud {

constexpr std::string_view kGroupSchema = R"sql(
CREATE TABLE group_signer (
  group_id TEXT PRIMARY KEY,
  private_key_pem TEXT NOT NULL,
  certificate_pem TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE group_role (
  group_id TEXT PRIMARY KEY,
  role_arn TEXT NOT NULL,
  associated_ms INTEGER NOT NULL
) WITHOUT ROWID
)sql";

Result<void> GroupStore::put_signer(const GroupId& group, const GroupSigner& signer) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO group_signer VALUES (?1, ?2, ?3)"));
  return insert.bind_all(group.view(), signer.private_key_pem, signer.certificate_pem).run();
}

Result<std::optional<GroupSigner>> GroupStore::signer(const GroupId& group) const {
  FESCUE_TRY(select,
             database_.prepare("SELECT private_key_pem, certificate_pem FROM group_signer WHERE group_id = ?1"));
  return select.bind(1, group.view()).first([](const Statement& row) { return GroupSigner{row.text(0), row.text(1)}; });
}

Result<void> GroupStore::put_role(const GroupId& group, const AssociatedRole& role) {
  FESCUE_TRY(insert, database_.prepare("INSERT OR REPLACE INTO group_role VALUES (?1, ?2, ?3)"));
  return insert.bind_all(group.view(), role.arn, epoch_milliseconds(role.associated)).run();
}

Result<std::optional<AssociatedRole>> GroupStore::role(const GroupId& group) const {
  FESCUE_TRY(select, database_.prepare("SELECT role_arn, associated_ms FROM group_role WHERE group_id = ?1"));
  return select.bind(1, group.view()).first([](const Statement& row) {
    return AssociatedRole{row.text(0), from_epoch_milliseconds(row.integer(1))};
  });
}

Result<void> GroupStore::remove_role(const GroupId& group) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM group_role WHERE group_id = ?1"));
  return remove.bind(1, group.view()).run();
}

Result<void> GroupStore::remove(const GroupId& group) {
  FESCUE_CHECK(remove_role(group));
  FESCUE_TRY(remove, database_.prepare("DELETE FROM group_signer WHERE group_id = ?1"));
  return remove.bind(1, group.view()).run();
}

}  // namespace fescue::cloud
