// SQL for the answers of idempotency tokens.
#include "cloud/store/answer_store.h"

namespace fescue::cloud {

constexpr std::string_view kAnswerSchema = R"sql(
CREATE TABLE answer (
  operation TEXT NOT NULL,
  token TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (operation, token)
);
CREATE INDEX answer_by_age ON answer (created_ms)
)sql";

Result<std::optional<StoredAnswer>> AnswerStore::find(std::string_view operation, std::string_view token,
                                                      WallTime since) const {
  FESCUE_TRY(select, database_.prepare("SELECT request_hash, status, body FROM answer "
                                       "WHERE operation = ?1 AND token = ?2 AND created_ms > ?3"));
  return select.bind_all(operation, token, epoch_milliseconds(since)).first([](const Statement& row) {
    return StoredAnswer{row.text(0), static_cast<unsigned>(row.integer(1)), row.text(2)};
  });
}

Result<void> AnswerStore::keep(std::string_view operation, std::string_view token, const StoredAnswer& answer,
                               WallTime now) {
  FESCUE_TRY(insert, database_.prepare("INSERT OR REPLACE INTO answer VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  return insert
      .bind_all(operation, token, answer.request_hash, std::int64_t{answer.status}, answer.body,
                epoch_milliseconds(now))
      .run();
}

Result<void> AnswerStore::forget_before(WallTime time) {
  FESCUE_TRY(prune, database_.prepare("DELETE FROM answer WHERE created_ms < ?1"));
  return prune.bind_all(epoch_milliseconds(time)).run();
}

}  // namespace fescue::cloud
