// SQL for tags by ARN.
#include "cloud/store/iot/iot_tag_store.h"

#include <boost/json.hpp>

namespace fescue::cloud {

constexpr std::string_view kIotTagSchema = R"sql(
CREATE TABLE iot_tag (
  arn TEXT PRIMARY KEY,
  tags TEXT NOT NULL
) WITHOUT ROWID
)sql";

Result<std::map<std::string, std::string>> IotTagStore::find(std::string_view arn) const {
  FESCUE_TRY(select, database_.prepare("SELECT tags FROM iot_tag WHERE arn = ?1"));
  FESCUE_TRY(text, select.bind(1, arn).first(first_column<std::string>));
  return boost::json::value_to<std::map<std::string, std::string>>(boost::json::parse(text.value_or("{}")));
}

Result<void> IotTagStore::put(std::string_view arn, const std::map<std::string, std::string>& tags) {
  if (tags.empty()) {
    FESCUE_TRY(remove, database_.prepare("DELETE FROM iot_tag WHERE arn = ?1"));
    return remove.bind(1, arn).run();
  }
  FESCUE_TRY(put, database_.prepare("INSERT OR REPLACE INTO iot_tag VALUES (?1, ?2)"));
  return put.bind_all(arn, boost::json::serialize(boost::json::value_from(tags))).run();
}

}  // namespace fescue::cloud
