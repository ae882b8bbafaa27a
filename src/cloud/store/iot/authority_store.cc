// SQL for certificate authorities and the registration code.
#include "cloud/store/iot/authority_store.h"

#include <limits>

#include <fmt/format.h>

namespace fescue::cloud {

constexpr std::string_view kAuthoritySchema = R"sql(
CREATE TABLE authority (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  pem TEXT NOT NULL,
  subject TEXT NOT NULL,
  status TEXT NOT NULL,
  auto_registration INTEGER NOT NULL,
  sni_only INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  not_after_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  generation_id TEXT NOT NULL
);
CREATE INDEX authority_by_subject ON authority (subject);
CREATE TABLE registration_code (
  code TEXT PRIMARY KEY
) WITHOUT ROWID
)sql";

namespace {

constexpr std::string_view kSelectAuthorities =
    "SELECT number, id, pem, subject, status, auto_registration, sni_only, not_before_ms, not_after_ms, created_ms, "
    "modified_ms, generation_id FROM authority ";

std::int64_t enabled(const CertificateAuthority& authority) {
  return authority.auto_registration == AutoRegistration::enabled ? 1 : 0;
}

Result<CertificateAuthority> authority_of(const Statement& row) {
  const auto status = parse_certificate_status(row.text(4));
  if (!status) return Error(Code::internal, fmt::format("damaged row of certificate authority {}", row.text(1)));
  return CertificateAuthority{
      .id = CertificateId(row.text(1)),
      .pem = row.text(2),
      .subject = row.text(3),
      .status = *status,
      .auto_registration = row.integer(5) != 0 ? AutoRegistration::enabled : AutoRegistration::disabled,
      .mode = row.integer(6) != 0 ? CertificateMode::sni_only : CertificateMode::proved,
      .not_before = from_epoch_milliseconds(row.integer(7)),
      .not_after = from_epoch_milliseconds(row.integer(8)),
      .created = from_epoch_milliseconds(row.integer(9)),
      .modified = from_epoch_milliseconds(row.integer(10)),
      .generation_id = row.text(11),
      .number = row.integer(0)};
}

}  // namespace

Result<void> AuthorityStore::insert(const CertificateAuthority& a) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO authority (id, pem, subject, status, auto_registration, sni_only, "
                                       "not_before_ms, not_after_ms, created_ms, modified_ms, generation_id) "
                                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  insert.bind_all(a.id.view(), a.pem, a.subject, name_of(a.status), enabled(a),
                  std::int64_t{a.mode == CertificateMode::sni_only}, epoch_milliseconds(a.not_before),
                  epoch_milliseconds(a.not_after), epoch_milliseconds(a.created), epoch_milliseconds(a.modified),
                  a.generation_id);
  return insert.run();
}

Result<void> AuthorityStore::update(const CertificateAuthority& authority) {
  FESCUE_TRY(update, database_.prepare("UPDATE authority SET status = ?2, auto_registration = ?3, modified_ms = ?4 "
                                       "WHERE id = ?1"));
  return update
      .bind_all(authority.id.view(), name_of(authority.status), enabled(authority),
                epoch_milliseconds(authority.modified))
      .run();
}

Result<std::optional<CertificateAuthority>> AuthorityStore::find(const CertificateId& id) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectAuthorities) + "WHERE id = ?1"));
  return select.bind(1, id.view()).first(authority_of);
}

Result<std::vector<CertificateAuthority>> AuthorityStore::named(std::string_view subject) const {
  FESCUE_TRY(select, database_.prepare(std::string(kSelectAuthorities) + "WHERE subject = ?1 ORDER BY number"));
  return select.bind(1, subject).rows(authority_of);
}

Result<void> AuthorityStore::remove(const CertificateId& id) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM authority WHERE id = ?1"));
  return remove.bind(1, id.view()).run();
}

Result<std::vector<CertificateAuthority>> AuthorityStore::list(ListOrder order, std::int64_t after,
                                                               std::size_t limit) const {
  const bool oldest_first = order == ListOrder::oldest_first;
  const std::int64_t from = !oldest_first && after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
  FESCUE_TRY(select, database_.prepare(std::string(kSelectAuthorities) +
                                       (oldest_first ? "WHERE number > ?1 ORDER BY number LIMIT ?2"
                                                     : "WHERE number < ?1 ORDER BY number DESC LIMIT ?2")));
  return select.bind_all(from, static_cast<std::int64_t>(limit)).rows(authority_of);
}

Result<std::optional<std::string>> RegistrationCodeStore::find() const {
  FESCUE_TRY(select, database_.prepare("SELECT code FROM registration_code"));
  return select.first(first_column<std::string>);
}

Result<void> RegistrationCodeStore::put(std::string_view code) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO registration_code VALUES (?1)"));
  return insert.bind(1, code).run();
}

Result<void> RegistrationCodeStore::remove() { return database_.execute("DELETE FROM registration_code"); }

}  // namespace fescue::cloud
