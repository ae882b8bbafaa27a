// SQL for retained messages.
#include "cloud/store/retained_store.h"

namespace fescue::cloud {

constexpr std::string_view kRetainedSchema = R"sql(
CREATE TABLE retained_message (
  topic TEXT PRIMARY KEY,
  payload BLOB NOT NULL,
  qos INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL
) WITHOUT ROWID
)sql";
constexpr std::string_view kRetainedPublisherSchema =
    "ALTER TABLE retained_message ADD COLUMN publisher TEXT NOT NULL DEFAULT ''";

Result<RetainedMessages::ByTopic> RetainedStore::load() const {
  FESCUE_TRY(select, database_.prepare("SELECT topic, payload, qos, modified_ms, publisher FROM retained_message"));
  RetainedMessages::ByTopic messages;
  FESCUE_CHECK(select.each([&](const Statement& row) {
    messages.emplace(row.text(0), RetainedMessage{row.text(1), static_cast<mqtt::QoS>(row.integer(2)),
                                                  from_epoch_milliseconds(row.integer(3)), row.text(4)});
  }));
  return messages;
}

Result<void> RetainedStore::apply(const RetainedChanges& changes) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  for (const auto& [topic, message] : changes) FESCUE_CHECK(message ? put(topic, *message) : remove(topic));
  return transaction.commit();
}

Result<void> RetainedStore::put(std::string_view topic, const RetainedMessage& message) {
  FESCUE_TRY(insert, database_.prepare("INSERT OR REPLACE INTO retained_message VALUES (?1, ?2, ?3, ?4, ?5)"));
  insert.bind(1, topic).bind_blob(2, message.payload);
  insert.bind(3, static_cast<std::int64_t>(message.qos)).bind(4, epoch_milliseconds(message.modified));
  insert.bind(5, message.publisher);
  return insert.run();
}

Result<void> RetainedStore::remove(std::string_view topic) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM retained_message WHERE topic = ?1"));
  return remove.bind_all(topic).run();
}

}  // namespace fescue::cloud
