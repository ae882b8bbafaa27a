// SQL for access keys and sessions, and making the first key.
#include "cloud/store/access_key_store.h"

#include "base/random.h"

namespace fescue::cloud {

constexpr std::string_view kAccessKeySchema = R"sql(
CREATE TABLE access_key (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  secret TEXT NOT NULL,
  user_id TEXT NOT NULL,
  user_arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL
)
)sql";

constexpr std::string_view kAccessKeyRoleSchema = R"sql(
ALTER TABLE access_key ADD COLUMN name TEXT NOT NULL DEFAULT 'local';
ALTER TABLE access_key ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';
CREATE TABLE access_session (
  id TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  user_id TEXT NOT NULL,
  user_arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  access_key TEXT NOT NULL REFERENCES access_key (id) ON DELETE CASCADE,
  token TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
);
CREATE INDEX access_session_by_key ON access_session (access_key)
)sql";

constexpr std::string_view kRevokedKeySchema = R"sql(
CREATE TABLE revoked_owner_key (id TEXT PRIMARY KEY)
)sql";

namespace {

constexpr std::string_view kSelectKey = "SELECT id, secret, user_id, user_arn, created_ms, name, role FROM access_key ";
constexpr std::string_view kSelectSession =
    "SELECT s.id, s.secret, s.user_id, s.user_arn, s.created_ms, k.name, k.role, s.token, s.expires_ms "
    "FROM access_session s JOIN access_key k ON k.id = s.access_key WHERE s.id = ?1";

ApiAccessKey access_key_of(const Statement& row) {
  return {.id = row.text(0),
          .secret = row.text(1),
          .user_id = row.text(2),
          .user_arn = row.text(3),
          .name = row.text(5),
          .role = parse_key_role(row.text(6)).value_or(KeyRole::read_only),
          .created = from_epoch_milliseconds(row.integer(4)),
          .session_token = {}};
}

ApiAccessKey session_of(const Statement& row) {
  ApiAccessKey key = access_key_of(row);
  key.session_token = row.text(7);
  key.expires = from_epoch_milliseconds(row.integer(8));
  return key;
}

Error too_many(std::string_view what, std::size_t most) {
  return Error(Code::resource_exhausted,
               "there are already " + std::to_string(most) + " " + std::string(what) + ", which is the most");
}

}  // namespace

Result<ApiAccessKey> AccessKeyStore::set_owner_key(const AccountId& account, const AccessKey& key, WallTime now) {
  FESCUE_TRY(revoked, count("SELECT COUNT(*) FROM revoked_owner_key WHERE id = ?1", key.id));
  if (revoked > 0) return Error(Code::conflict, "the owner's access key " + key.id + " was revoked");
  FESCUE_TRY(select, database_.prepare(std::string(kSelectKey) + "WHERE name = ?1 AND id = ?2 AND secret = ?3"));
  FESCUE_TRY(kept, select.bind_all(kOwnerKeyName, key.id, key.secret).first(access_key_of));
  if (kept) return *std::move(kept);

  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(remove, database_.prepare("DELETE FROM access_key WHERE name = ?1 OR id = ?2"));
  FESCUE_CHECK(remove.bind_all(kOwnerKeyName, key.id).run());
  FESCUE_TRY(made, insert({.id = key.id,
                           .secret = key.secret,
                           .user_id = {},
                           .user_arn = {},
                           .name = std::string(kOwnerKeyName),
                           .role = KeyRole::admin,
                           .created = now,
                           .session_token = {}},
                          account));
  FESCUE_CHECK(transaction.commit());
  return made;
}

Result<ApiAccessKey> AccessKeyStore::create(const AccountId& account, const std::string& name, KeyRole role,
                                            WallTime now) {
  FESCUE_TRY(there, count("SELECT COUNT(*) FROM access_key WHERE name <> ?1", kOwnerKeyName));
  if (static_cast<std::size_t>(there) >= kMaxAccessKeys) {
    return too_many("access keys", kMaxAccessKeys);
  }
  AccessKey key = random_access_key();
  return insert({.id = std::move(key.id),
                 .secret = std::move(key.secret),
                 .user_id = {},
                 .user_arn = {},
                 .name = name,
                 .role = role,
                 .created = now,
                 .session_token = {}},
                account);
}

Result<ApiAccessKey> AccessKeyStore::insert(ApiAccessKey key, const AccountId& account) {
  key.user_id = random_aws_id("AIDA");
  key.user_arn = "arn:aws:iam::" + account.str() + ":user/" + key.name;
  FESCUE_TRY(insert, database_.prepare("INSERT INTO access_key (id, secret, user_id, user_arn, created_ms, name, role) "
                                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  FESCUE_CHECK(insert
                   .bind_all(key.id, key.secret, key.user_id, key.user_arn, epoch_milliseconds(key.created), key.name,
                             name_of(key.role))
                   .run());
  return key;
}

Result<std::optional<ApiAccessKey>> AccessKeyStore::find(std::string_view id) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectKey) + "WHERE id = ?1"));
  FESCUE_TRY(key, select.bind(1, id).first(access_key_of));
  if (key) return key;
  FESCUE_TRY(sessions, database_.prepare(kSelectSession));
  return sessions.bind(1, id).first(session_of);
}

Result<std::vector<ApiAccessKey>> AccessKeyStore::list() const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectKey) + "ORDER BY number"));
  FESCUE_TRY(keys, select.rows(access_key_of));
  for (ApiAccessKey& key : keys) key.secret.clear();
  return keys;
}

Result<bool> AccessKeyStore::revoke(std::string_view id) {
  FESCUE_TRY(remember, database_.prepare("INSERT OR IGNORE INTO revoked_owner_key SELECT id FROM access_key "
                                         "WHERE id = ?1 AND name = ?2"));
  FESCUE_CHECK(remember.bind_all(id, kOwnerKeyName).run());
  for (const std::string_view sql :
       {"DELETE FROM access_key WHERE id = ?1", "DELETE FROM access_session WHERE id = ?1"}) {
    FESCUE_TRY(remove, database_.prepare(sql));
    FESCUE_CHECK(remove.bind(1, id).run());
    if (database_.changes() > 0) return true;
  }
  return false;
}

Result<ApiAccessKey> AccessKeyStore::begin_session(const ApiAccessKey& of, const SessionUser& user, WallTime expires,
                                                   WallTime now) {
  FESCUE_TRY(ended, database_.prepare("DELETE FROM access_session WHERE expires_ms <= ?1"));
  FESCUE_CHECK(ended.bind(1, epoch_milliseconds(now)).run());
  FESCUE_TRY(find_key, database_.prepare("SELECT access_key FROM access_session WHERE id = ?1"));
  FESCUE_TRY(parent, find_key.bind(1, of.id).first(first_column<std::string>));
  const std::string key_id = parent.value_or(of.id);
  FESCUE_TRY(there, count("SELECT COUNT(*) FROM access_session WHERE access_key = ?1", key_id));
  if (static_cast<std::size_t>(there) >= kMaxSessionsOfKey) return too_many("sessions of this key", kMaxSessionsOfKey);

  ApiAccessKey session{.id = random_aws_id("ASIA", 16),
                       .secret = random_alphanumeric(40),
                       .user_id = user.id,
                       .user_arn = user.arn,
                       .name = of.name,
                       .role = of.role,
                       .created = now,
                       .session_token = random_alphanumeric(64),
                       .expires = expires};
  FESCUE_TRY(insert, database_.prepare("INSERT INTO access_session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  FESCUE_CHECK(insert
                   .bind_all(session.id, session.secret, session.user_id, session.user_arn, epoch_milliseconds(now),
                             key_id, session.session_token, epoch_milliseconds(expires))
                   .run());
  return session;
}

Result<std::int64_t> AccessKeyStore::count(std::string_view sql, std::string_view id) {
  FESCUE_TRY(select, database_.prepare(sql));
  FESCUE_TRY(number, select.bind(1, id).first([](const Statement& row) { return row.integer(0); }));
  return number.value_or(0);
}

}  // namespace fescue::cloud
