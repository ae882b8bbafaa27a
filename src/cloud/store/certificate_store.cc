// SQL for certificates, and AWS's names of their states.
#include "cloud/store/certificate_store.h"

#include <limits>

#include <fmt/format.h>

namespace fescue::cloud {

constexpr std::string_view kCertificateSchema = R"sql(
CREATE TABLE certificate (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  pem TEXT NOT NULL,
  status TEXT NOT NULL,
  without_authority INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  not_after_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  generation_id TEXT NOT NULL
)
)sql";

constexpr std::string_view kCertificateOfAuthoritySchema = R"sql(
ALTER TABLE certificate ADD COLUMN authority TEXT NOT NULL DEFAULT '';
CREATE INDEX certificate_by_authority ON certificate (authority, number) WHERE authority <> '';
CREATE INDEX certificate_pending ON certificate (authority) WHERE status = 'PENDING_ACTIVATION'
)sql";

namespace {

constexpr std::string_view kSelectCertificates =
    "SELECT id, pem, status, without_authority, not_before_ms, not_after_ms, created_ms, modified_ms, generation_id, "
    "number, authority FROM certificate ";
constexpr std::string_view kCountPending = "SELECT count(*) FROM certificate WHERE status = 'PENDING_ACTIVATION'";

Certificate certificate_of(const Statement& row) {
  const auto status = parse_certificate_status(row.text(2));
  FESCUE_ASSERT(status);
  return {.id = CertificateId(row.text(0)),
          .pem = row.text(1),
          .status = *status,
          .mode = row.integer(3) != 0 ? CertificateMode::sni_only : CertificateMode::proved,
          .authority = CertificateId(row.text(10)),
          .not_before = from_epoch_milliseconds(row.integer(4)),
          .not_after = from_epoch_milliseconds(row.integer(5)),
          .created = from_epoch_milliseconds(row.integer(6)),
          .modified = from_epoch_milliseconds(row.integer(7)),
          .generation_id = row.text(8),
          .number = row.integer(9)};
}

/// Of a list that goes on in `order` behind the number `?1`, `?2` of them at most. `condition` begins with "AND".
std::string in_order(ListOrder order, std::string_view condition = "") {
  return order == ListOrder::oldest_first
             ? fmt::format("WHERE number > ?1 {} ORDER BY number LIMIT ?2", condition)
             : fmt::format("WHERE number < ?1 {} ORDER BY number DESC LIMIT ?2", condition);
}

/// 0 is the begin of the list.
std::int64_t place_in(ListOrder order, std::int64_t after) {
  return order == ListOrder::newest_first && after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
}

Result<std::int64_t> counted(Statement& count) {
  FESCUE_TRY(number, count.first([](const Statement& row) { return row.integer(0); }));
  return number.value_or(0);
}

}  // namespace

Result<void> CertificateStore::insert(const Certificate& c) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO certificate (id, pem, status, without_authority, not_before_ms, "
                                       "not_after_ms, created_ms, modified_ms, generation_id, authority) "
                                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  insert.bind_all(c.id.view(), c.pem, name_of(c.status), std::int64_t{c.mode == CertificateMode::sni_only},
                  epoch_milliseconds(c.not_before), epoch_milliseconds(c.not_after), epoch_milliseconds(c.created),
                  epoch_milliseconds(c.modified), c.generation_id, c.authority.view());
  return insert.run();
}

Result<std::optional<Certificate>> CertificateStore::find(const CertificateId& id) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectCertificates) + "WHERE id = ?1"));
  return select.bind(1, id.view()).first(certificate_of);
}

Result<void> CertificateStore::set_status(const CertificateId& id, CertificateStatus status, WallTime now) {
  FESCUE_TRY(update, database_.prepare("UPDATE certificate SET status = ?2, modified_ms = ?3 WHERE id = ?1"));
  return update.bind_all(id.view(), name_of(status), epoch_milliseconds(now)).run();
}

Result<void> CertificateStore::remove(const CertificateId& id) {
  FESCUE_TRY(statement, database_.prepare("DELETE FROM certificate WHERE id = ?1"));
  return statement.bind(1, id.view()).run();
}

Result<std::vector<Certificate>> CertificateStore::list(ListOrder order, std::int64_t after, std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectCertificates) + in_order(order)));
  return select.bind_all(place_in(order, after), static_cast<std::int64_t>(limit)).rows(certificate_of);
}

Result<std::vector<Certificate>> CertificateStore::list_of(const CertificateId& authority, ListOrder order,
                                                           std::int64_t after, std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectCertificates) +
                                       in_order(order, "AND authority = ?3 AND authority <> ''")));
  return select.bind_all(place_in(order, after), static_cast<std::int64_t>(limit), authority.view())
      .rows(certificate_of);
}

Result<std::int64_t> CertificateStore::count_pending(const CertificateId& authority) const {
  FESCUE_TRY(count, database_.prepare(std::string(kCountPending) + " AND authority = ?1"));
  return counted(count.bind(1, authority.view()));
}

Result<std::int64_t> CertificateStore::count_pending() const {
  FESCUE_TRY(count, database_.prepare(kCountPending));
  return counted(count);
}

}  // namespace fescue::cloud
