// SQL for shadows; the document is a column of JSON.
#include "shadow/shadow_store.h"

#include <fmt/format.h>

#include "model/json_reader.h"

namespace fescue {

namespace json = boost::json;

constexpr std::string_view kShadowSchema = R"sql(
CREATE TABLE shadow (
  thing TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT,
  version INTEGER NOT NULL,
  updated_s INTEGER NOT NULL,
  PRIMARY KEY (thing, name)
) WITHOUT ROWID
)sql";

namespace {

std::string body_of(const ShadowDocument& document) {
  return json::serialize(json::object{{"desired", document.desired},
                                      {"reported", document.reported},
                                      {"desiredMetadata", document.desired_metadata},
                                      {"reportedMetadata", document.reported_metadata}});
}

/// What is read back is what was written, unless a disk or a hand has damaged it.
Result<void> read_body(const std::string& body, ShadowDocument& into) {
  FESCUE_TRY(parsed, parse_json(body));
  const std::pair<const char*, json::object*> sections[] = {{"desired", &into.desired},
                                                            {"reported", &into.reported},
                                                            {"desiredMetadata", &into.desired_metadata},
                                                            {"reportedMetadata", &into.reported_metadata}};
  for (const auto& [name, section] : sections) {
    FESCUE_TRY(member, JsonReader(parsed, "").get(name));
    FESCUE_CHECK(member.expect_object());
    *section = member.value().get_object();
  }
  return ok();
}

Error damaged(const ThingName& thing, std::string_view name, const Error& why) {
  return Error(Code::internal, fmt::format("the shadow \"{}\" of thing {} is damaged in the database: {}", name,
                                           thing.view(), why.message()));
}

}  // namespace

Result<StoredShadow> ShadowStore::find(const ThingName& thing, std::string_view name) const {
  FESCUE_TRY(select, database_.prepare("SELECT coalesce(body, ''), version, updated_s FROM shadow "
                                       "WHERE thing = ?1 AND name = ?2"));
  FESCUE_TRY(found, select.bind_all(thing.view(), name).step());
  StoredShadow stored;
  if (!found) return stored;
  const std::string body = select.text(0);
  stored.exists = !body.empty();
  stored.document.version = select.integer(1);
  stored.document.timestamp = select.integer(2);
  if (!stored.exists) return stored;
  if (const auto read = read_body(body, stored.document); !read) return damaged(thing, name, read.error());
  return stored;
}

Result<void> ShadowStore::put(const ThingName& thing, std::string_view name, const ShadowDocument& document) {
  FESCUE_TRY(insert, database_.prepare("INSERT OR REPLACE INTO shadow VALUES (?1, ?2, ?3, ?4, ?5)"));
  return insert.bind_all(thing.view(), name, body_of(document), document.version, document.timestamp).run();
}

Result<void> ShadowStore::remove(const ThingName& thing, std::string_view name) {
  FESCUE_TRY(remove, database_.prepare("UPDATE shadow SET body = NULL WHERE thing = ?1 AND name = ?2"));
  return remove.bind_all(thing.view(), name).run();
}

Result<std::vector<std::string>> ShadowStore::names(const ThingName& thing, std::string_view after,
                                                    std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT name FROM shadow WHERE thing = ?1 AND name > ?2 AND body IS NOT NULL "
                                       "ORDER BY name LIMIT ?3"));
  return select.bind_all(thing.view(), after, static_cast<std::int64_t>(limit)).rows(first_column<std::string>);
}

}  // namespace fescue
