// SQL for things and for the certificates attached to them.
#include "cloud/store/thing_store.h"

#include <fmt/format.h>

#include "cloud/store/json_columns.h"

namespace fescue::cloud {

constexpr std::string_view kThingSchema = R"sql(
CREATE TABLE thing (
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  attributes TEXT NOT NULL,
  version INTEGER NOT NULL
);
CREATE TABLE thing_certificate (
  thing TEXT NOT NULL REFERENCES thing (name),
  certificate TEXT NOT NULL REFERENCES certificate (id),
  PRIMARY KEY (thing, certificate)
);
CREATE INDEX thing_certificate_by_certificate ON thing_certificate (certificate)
)sql";

constexpr std::string_view kThingOfTypeSchema = R"sql(
ALTER TABLE thing ADD COLUMN type TEXT NOT NULL DEFAULT '';
CREATE INDEX thing_by_type ON thing (type)
)sql";

namespace {

std::string attributes_text(const Thing& thing) { return boost::json::serialize(object_of(thing.attributes)); }

Result<Thing> thing_of(const Statement& row) {
  FESCUE_TRY(attributes, stored_string_map(row.text(2), fmt::format("the attributes column of thing {}", row.text(0))));
  return Thing{.name = ThingName(row.text(0)),
               .id = row.text(1),
               .attributes = std::move(attributes),
               .version = row.integer(3),
               .type = row.text(4)};
}

}  // namespace

Result<void> ThingStore::insert(const Thing& thing) {
  FESCUE_TRY(insert,
             database_.prepare("INSERT INTO thing (name, id, attributes, version, type) VALUES (?1, ?2, ?3, ?4, ?5)"));
  return insert.bind_all(thing.name.view(), thing.id, attributes_text(thing), thing.version, thing.type).run();
}

Result<std::optional<Thing>> ThingStore::find(const ThingName& name) const {
  FESCUE_TRY(select, database_.prepare("SELECT name, id, attributes, version, type FROM thing WHERE name = ?1"));
  return select.bind(1, name.view()).first(thing_of);
}

Result<void> ThingStore::update(const Thing& thing) {
  FESCUE_TRY(update, database_.prepare("UPDATE thing SET attributes = ?2, version = ?3, type = ?4 WHERE name = ?1"));
  return update.bind_all(thing.name.view(), attributes_text(thing), thing.version, thing.type).run();
}

Result<void> ThingStore::remove(const ThingName& name) {
  FESCUE_TRY(statement, database_.prepare("DELETE FROM thing WHERE name = ?1"));
  return statement.bind(1, name.view()).run();
}

Result<std::vector<Thing>> ThingStore::list(const ThingFilter& filter, std::string_view after,
                                            std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare(
                         "SELECT name, id, attributes, version, type FROM thing WHERE name > ?1 AND "
                         "(?6 = '' OR type = ?6) AND (?2 = '' OR EXISTS ("
                         "SELECT 1 FROM json_each(iif(json_valid(attributes), attributes, '{}')) WHERE key = ?2 AND "
                         "(?3 = '' OR value = ?3 OR "
                         "(?4 AND substr(value, 1, length(?3)) = ?3)))) ORDER BY name LIMIT ?5"));
  return select
      .bind_all(after, filter.attribute_name, filter.attribute_value, std::int64_t{filter.value_is_prefix},
                static_cast<std::int64_t>(limit), filter.type)
      .rows(thing_of);
}

Result<void> ThingStore::attach(const ThingName& thing, const CertificateId& certificate) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO thing_certificate VALUES (?1, ?2) ON CONFLICT DO NOTHING"));
  return insert.bind_all(thing.view(), certificate.view()).run();
}

Result<bool> ThingStore::detach(const ThingName& thing, const CertificateId& certificate) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM thing_certificate WHERE thing = ?1 AND certificate = ?2"));
  FESCUE_CHECK(remove.bind_all(thing.view(), certificate.view()).run());
  return database_.changes() > 0;
}

Result<std::vector<CertificateId>> ThingStore::certificates_of(const ThingName& thing, std::string_view after,
                                                               std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT certificate FROM thing_certificate "
                                       "WHERE thing = ?1 AND certificate > ?2 ORDER BY certificate LIMIT ?3"));
  return select.bind_all(thing.view(), after, static_cast<std::int64_t>(limit)).rows(first_column<CertificateId>);
}

Result<std::vector<ThingName>> ThingStore::things_of(const CertificateId& certificate, std::string_view after,
                                                     std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare("SELECT thing FROM thing_certificate "
                                       "WHERE certificate = ?1 AND thing > ?2 ORDER BY thing LIMIT ?3"));
  return select.bind_all(certificate.view(), after, static_cast<std::int64_t>(limit)).rows(first_column<ThingName>);
}

}  // namespace fescue::cloud
