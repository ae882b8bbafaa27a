// SQL for access keys, and making the first one.
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

namespace {

/// AWS's alphabet for ids: base 32.
std::string random_id(std::string_view prefix, std::size_t count) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char byte : random_bytes(count)) id.push_back(alphabet[static_cast<unsigned char>(byte) % 32]);
  return id;
}

ApiAccessKey access_key_of(const Statement& row) { return {row.text(0), row.text(1), row.text(2), row.text(3)}; }

}  // namespace

Result<ApiAccessKey> AccessKeyStore::ensure(const AccountId& account, WallTime now) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(select, database_.prepare("SELECT id, secret, user_id, user_arn FROM access_key ORDER BY number LIMIT 1"));
  FESCUE_TRY(kept, select.first(access_key_of));
  if (kept) return *std::move(kept);

  const ApiAccessKey key{random_id("AKIA", 16), random_alphanumeric(40), random_id("AIDA", 17),
                         "arn:aws:iam::" + account.str() + ":user/local"};
  FESCUE_TRY(insert, database_.prepare("INSERT INTO access_key (id, secret, user_id, user_arn, created_ms) "
                                       "VALUES (?1, ?2, ?3, ?4, ?5)"));
  FESCUE_CHECK(insert.bind_all(key.id, key.secret, key.user_id, key.user_arn, epoch_milliseconds(now)).run());
  FESCUE_CHECK(transaction.commit());
  return key;
}

Result<std::optional<ApiAccessKey>> AccessKeyStore::find(std::string_view id) const {
  FESCUE_TRY(select, database_.prepare("SELECT id, secret, user_id, user_arn FROM access_key WHERE id = ?1"));
  return select.bind(1, id).first(access_key_of);
}

}  // namespace fescue::cloud
