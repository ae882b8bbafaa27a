// SQL for deployments, their frozen documents and what these refer to.
#include "cloud/store/deployment_store.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cloud/store/json_columns.h"
#include "model/json_reader.h"

namespace fescue::cloud {

namespace json = boost::json;

constexpr std::string_view kDeploymentSchema = R"sql(
CREATE TABLE deployment (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  group_id TEXT NOT NULL,
  group_version TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  core TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  message TEXT NOT NULL,
  details TEXT NOT NULL,
  awaits_core INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX deployment_group ON deployment (group_id, sequence);
CREATE INDEX deployment_core ON deployment (core, sequence);
CREATE TABLE deployment_document (
  deployment TEXT PRIMARY KEY REFERENCES deployment (id) ON DELETE CASCADE,
  json TEXT NOT NULL,
  signature BLOB NOT NULL,
  certificate_pem TEXT NOT NULL
);
CREATE TABLE deployment_artifact (
  deployment TEXT NOT NULL REFERENCES deployment_document (deployment) ON DELETE CASCADE,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (deployment, sha256)
) WITHOUT ROWID
)sql";

constexpr std::string_view kDeployedFunctionSchema = R"sql(
CREATE TABLE deployment_function (
  function TEXT NOT NULL,  -- ARN, without the version
  version TEXT NOT NULL,
  deployment TEXT NOT NULL REFERENCES deployment_document (deployment) ON DELETE CASCADE,
  PRIMARY KEY (function, version, deployment)
) WITHOUT ROWID;
CREATE INDEX deployment_function_deployment ON deployment_function (deployment)
)sql";

namespace {

constexpr std::string_view kSelectDeployments =
    "SELECT sequence, id, group_id, group_version, type, status, core, created_ms, updated_ms, message, details "
    "FROM deployment";

std::string to_json(const std::vector<ErrorDetail>& details) {
  json::array out;
  for (const ErrorDetail& detail : details) out.push_back({{"code", detail.code}, {"message", detail.message}});
  return json::serialize(out);
}

Result<std::vector<ErrorDetail>> read_details(std::string_view text) {
  FESCUE_TRY(parsed, parse_json(text));
  FESCUE_TRY(items, JsonReader(parsed, "details").items());
  std::vector<ErrorDetail> out;
  for (const JsonReader& item : items) {
    FESCUE_TRY(code, item.string("code"));
    FESCUE_TRY(message, item.string("message"));
    out.push_back({std::move(code), std::move(message)});
  }
  return out;
}

/// They only inform: a deployment goes on without them.
std::vector<ErrorDetail> details_of(const DeploymentRecord& record, std::string_view text) {
  auto details = read_details(text);
  if (details) return std::move(*details);
  const std::string what = fmt::format("the details column of deployment {}", record.id.view());
  return {{"InternalError", damaged(what, details.error().message()).message()}};
}

Result<DeploymentRecord> record_of(const Statement& row) {
  const auto type = parse_deployment_type(row.text(4));
  const auto status = parse_deployment_status(row.text(5));
  if (!type || !status) {
    return damaged(fmt::format("the row of deployment {}", row.text(1)), "its type or status is unknown");
  }
  DeploymentRecord record;
  record.sequence = row.integer(0);
  record.id = DeploymentId(row.text(1));
  record.group = GroupId(row.text(2));
  record.group_version = row.text(3);
  record.type = *type;
  record.status = *status;
  record.core = ThingName(row.text(6));
  record.created = from_epoch_milliseconds(row.integer(7));
  record.updated = from_epoch_milliseconds(row.integer(8));
  record.message = row.text(9);
  record.details = details_of(record, row.text(10));
  return record;
}

std::optional<DeploymentRecord> unless_reset(std::optional<DeploymentRecord> record) {
  return record && is_reset(record->type) ? std::nullopt : std::move(record);
}

}  // namespace

Result<void> DeploymentStore::create(const DeploymentRecord& record) {
  FESCUE_TRY(insert, database_.prepare("INSERT INTO deployment (id, group_id, group_version, type, status, core, "
                                       "created_ms, updated_ms, message, details) "
                                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  insert.bind_all(record.id.view(), record.group.view(), record.group_version, name_of(record.type),
                  name_of(record.status), record.core.view(), epoch_milliseconds(record.created),
                  epoch_milliseconds(record.updated), record.message, to_json(record.details));
  return insert.run();
}

Result<bool> DeploymentStore::freeze(const DeploymentId& id, const ThingName& core, const FrozenDocument& document,
                                     DeploymentStatus next, WallTime now) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(update, database_.prepare("UPDATE deployment SET status = ?2, core = ?3, updated_ms = ?4, awaits_core = 1 "
                                       "WHERE id = ?1 AND status = 'Building'"));
  FESCUE_CHECK(update.bind_all(id.view(), name_of(next), core.view(), epoch_milliseconds(now)).run());
  if (database_.changes() == 0) return false;
  FESCUE_TRY(insert, database_.prepare("INSERT INTO deployment_document VALUES (?1, ?2, ?3, ?4)"));
  insert.bind_all(id.view(), document.json).bind_blob(3, document.signature).bind(4, document.certificate_pem);
  FESCUE_CHECK(insert.run());
  FESCUE_TRY(refer, database_.prepare("INSERT INTO deployment_artifact VALUES (?1, ?2)"));
  for (const ArtifactHash& artifact : document.artifacts) {
    FESCUE_CHECK(refer.bind_all(id.view(), artifact.view()).run());
  }
  FESCUE_TRY(contain, database_.prepare("INSERT INTO deployment_function VALUES (?1, ?2, ?3)"));
  for (const FunctionArn& function : document.functions) {
    FESCUE_CHECK(contain.bind_all(function.unqualified().str(), function.qualifier(), id.view()).run());
  }
  FESCUE_CHECK(transaction.commit());
  return true;
}

Result<void> DeploymentStore::drop_documents(std::string_view condition, const DeploymentRecord& record) {
  FESCUE_TRY(drop, database_.prepare(fmt::format("DELETE FROM deployment_document WHERE deployment IN "
                                                 "(SELECT id FROM deployment WHERE {})",
                                                 condition)));
  return drop.bind_all(record.group.view(), record.core.view(), record.sequence).run();
}

Result<void> DeploymentStore::finish(const DeploymentId& id, const DeploymentOutcome& outcome, WallTime now) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(update,
             database_.prepare("UPDATE deployment SET status = ?2, updated_ms = ?3, message = ?4, details = ?5, "
                               "awaits_core = 0 WHERE id = ?1"));
  update.bind_all(id.view(), name_of(outcome.status), epoch_milliseconds(now), outcome.message,
                  to_json(outcome.details));
  FESCUE_CHECK(update.run());
  FESCUE_TRY(record, find(id));
  if (!record) return Error(Code::not_found, fmt::format("no deployment {}", id.str()));
  if (outcome.status == DeploymentStatus::success && !record->core.empty()) {
    FESCUE_TRY(older, database_.prepare("UPDATE deployment SET awaits_core = 0 WHERE core = ?1 AND sequence < ?2"));
    FESCUE_CHECK(older.bind_all(record->core.view(), record->sequence).run());
    FESCUE_CHECK(drop_documents("(group_id = ?1 OR core = ?2) AND sequence < ?3 AND awaits_core = 0", *record));
  }
  if (outcome.status == DeploymentStatus::failure || is_reset(record->type)) {
    FESCUE_CHECK(drop_documents("group_id = ?1 AND core = ?2 AND sequence = ?3", *record));
  }
  return transaction.commit();
}

Result<void> DeploymentStore::stop_waiting(const DeploymentId& id) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(update, database_.prepare("UPDATE deployment SET awaits_core = 0 WHERE id = ?1"));
  FESCUE_CHECK(update.bind(1, id.view()).run());
  FESCUE_TRY(record, find(id));
  if (record) {
    FESCUE_CHECK(drop_documents("(group_id = ?1 OR core = ?2) AND sequence <= ?3 AND awaits_core = 0", *record));
  }
  return transaction.commit();
}

Result<std::optional<DeploymentRecord>> DeploymentStore::find(const DeploymentId& id) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE id = ?1", kSelectDeployments)));
  return select.bind(1, id.view()).first(record_of);
}

Result<std::vector<DeploymentRecord>> DeploymentStore::list(const GroupId& group, std::int64_t before_sequence,
                                                            std::size_t limit) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE group_id = ?1 AND sequence < ?2 "
                                                   "ORDER BY sequence DESC LIMIT ?3",
                                                   kSelectDeployments)));
  return select.bind_all(group.view(), before_sequence, static_cast<std::int64_t>(limit)).rows(record_of);
}

Result<std::optional<DeploymentRecord>> DeploymentStore::active(const GroupId& group) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE group_id = ?1 AND status IN ('Building', 'InProgress') "
                                                   "ORDER BY sequence DESC LIMIT 1",
                                                   kSelectDeployments)));
  return select.bind(1, group.view()).first(record_of);
}

Result<std::vector<DeploymentRecord>> DeploymentStore::building() const {
  FESCUE_TRY(select,
             database_.prepare(fmt::format("{} WHERE status = 'Building' ORDER BY sequence", kSelectDeployments)));
  return select.rows(record_of);
}

Result<std::optional<DeploymentRecord>> DeploymentStore::waiting_for(const ThingName& core) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE core = ?1 AND awaits_core = 1 "
                                                   "ORDER BY sequence DESC LIMIT 1",
                                                   kSelectDeployments)));
  return select.bind(1, core.view()).first(record_of);
}

Result<std::optional<DeploymentRecord>> DeploymentStore::in_effect(const GroupId& group) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE group_id = ?1 AND status = 'Success' "
                                                   "ORDER BY sequence DESC LIMIT 1",
                                                   kSelectDeployments)));
  FESCUE_TRY(record, select.bind(1, group.view()).first(record_of));
  return unless_reset(std::move(record));
}

Result<std::optional<DeploymentRecord>> DeploymentStore::in_effect_on(const ThingName& core) const {
  FESCUE_TRY(select, database_.prepare(fmt::format("{} WHERE core = ?1 AND status = 'Success' "
                                                   "ORDER BY sequence DESC LIMIT 1",
                                                   kSelectDeployments)));
  FESCUE_TRY(record, select.bind(1, core.view()).first(record_of));
  return unless_reset(std::move(record));
}

Result<std::optional<FrozenDocument>> DeploymentStore::document(const DeploymentId& id) const {
  FESCUE_TRY(select, database_.prepare("SELECT json, signature, certificate_pem FROM deployment_document "
                                       "WHERE deployment = ?1"));
  FESCUE_TRY(found, select.bind(1, id.view()).step());
  if (!found) return std::optional<FrozenDocument>();
  FrozenDocument document{.json = select.text(0),
                          .signature = select.text(1),
                          .certificate_pem = select.text(2),
                          .artifacts = {},
                          .functions = {}};
  FESCUE_TRY(artifacts, database_.prepare("SELECT sha256 FROM deployment_artifact WHERE deployment = ?1"));
  artifacts.bind(1, id.view());
  FESCUE_CHECK(artifacts.each([&](const Statement& row) { document.artifacts.emplace(row.text(0)); }));
  return std::optional(std::move(document));
}

Result<bool> DeploymentStore::refers_to(const ThingName& core, const ArtifactHash& artifact) const {
  FESCUE_TRY(select, database_.prepare("SELECT 1 FROM deployment_artifact AS a JOIN deployment AS d "
                                       "ON d.id = a.deployment WHERE d.core = ?1 AND a.sha256 = ?2 LIMIT 1"));
  return select.bind_all(core.view(), artifact.view()).step();
}

Result<std::vector<DeployedFunction>> DeploymentStore::deployed(const FunctionArn& function) const {
  FESCUE_TRY(select, database_.prepare("SELECT d.core, f.version FROM deployment_function AS f JOIN deployment AS d "
                                       "ON d.id = f.deployment WHERE f.function = ?1 AND d.sequence = "
                                       "(SELECT MAX(sequence) FROM deployment WHERE core = d.core AND "
                                       "status = 'Success') ORDER BY d.core, f.version"));
  return select.bind(1, function.unqualified().str()).rows([&](const Statement& row) {
    return DeployedFunction{ThingName(row.text(0)), function.with_qualifier(row.text(1))};
  });
}

Result<std::set<ArtifactHash>> DeploymentStore::artifacts() const {
  FESCUE_TRY(select, database_.prepare("SELECT DISTINCT sha256 FROM deployment_artifact"));
  std::set<ArtifactHash> out;
  FESCUE_CHECK(select.each([&](const Statement& row) { out.emplace(row.text(0)); }));
  return out;
}

Result<std::vector<ThingName>> DeploymentStore::cores() const {
  FESCUE_TRY(select, database_.prepare("SELECT DISTINCT core FROM deployment WHERE core <> ''"));
  return select.rows(first_column<ThingName>);
}

Result<void> DeploymentStore::remove_group(const GroupId& group) {
  FESCUE_TRY(remove, database_.prepare("DELETE FROM deployment WHERE group_id = ?1 AND awaits_core = 0"));
  return remove.bind(1, group.view()).run();
}

}  // namespace fescue::cloud
