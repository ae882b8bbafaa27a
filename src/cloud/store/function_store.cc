// SQL for functions, versions and aliases, and what counts as unchanged since the last publish.
#include "cloud/store/function_store.h"

#include <limits>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/random.h"
#include "cloud/store/json_columns.h"
#include "model/json_reader.h"

namespace fescue::cloud {

namespace json = boost::json;

constexpr std::string_view kFunctionSchema = R"sql(
CREATE TABLE lambda_function (
  name TEXT PRIMARY KEY,
  tags TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE lambda_version (
  name TEXT NOT NULL REFERENCES lambda_function (name) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  code_sha256 TEXT NOT NULL,
  code_bytes INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  revision_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (name, number)
) WITHOUT ROWID;
CREATE TABLE lambda_alias (
  function TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  description TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  weights TEXT NOT NULL,
  PRIMARY KEY (function, name),
  FOREIGN KEY (function, version) REFERENCES lambda_version (name, number) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
CREATE INDEX lambda_alias_version ON lambda_alias (function, version);
CREATE TABLE lambda_last_number (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) WITHOUT ROWID
)sql";

namespace {

constexpr std::string_view kVersionColumns =
    "name, number, configuration, code_sha256, code_bytes, modified_ms, revision_id";
constexpr std::string_view kAliasColumns = "function, name, version, description, revision_id, weights";

std::string to_json(const LambdaConfiguration& configuration) {
  json::object out{{"runtime", configuration.runtime},           {"role", configuration.role},
                   {"handler", configuration.handler},           {"description", configuration.description},
                   {"timeout", configuration.timeout_seconds},   {"memory", configuration.memory_mb},
                   {"architecture", configuration.architecture}, {"echoed", configuration.echoed}};
  if (configuration.environment) out["environment"] = object_of(*configuration.environment);
  return json::serialize(out);
}

Result<LambdaConfiguration> read_configuration(std::string_view text, std::string_view what) {
  FESCUE_TRY(value, stored_json(text, what));
  const JsonReader stored(value, "");
  LambdaConfiguration out;
  const std::pair<const char*, std::string*> strings[] = {
      {"runtime", &out.runtime},           {"role", &out.role},
      {"handler", &out.handler},           {"description", &out.description},
      {"architecture", &out.architecture}, {"echoed", &out.echoed},
  };
  for (const auto& [name, target] : strings) {
    FESCUE_TRY(member, stored.string(name));
    *target = std::move(member);
  }
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  FESCUE_TRY(timeout, stored.integer_or("timeout", 0, 1, kMax));
  FESCUE_TRY(memory, stored.integer_or("memory", 0, 1, kMax));
  out.timeout_seconds = timeout;
  out.memory_mb = memory;
  FESCUE_CHECK(stored_object(out.echoed, what));
  if (const auto environment = stored.find("environment")) {
    FESCUE_TRY(variables, stored_string_map(json::serialize(environment->value()), what));
    out.environment = std::move(variables);
  }
  return out;
}

Result<LambdaConfiguration> configuration_of(const Statement& row) {
  const std::string what =
      fmt::format("the configuration column of version {} of function {}", row.integer(1), row.text(0));
  auto configuration = read_configuration(row.text(2), what);
  if (configuration || configuration.error().code() == Code::internal) return configuration;
  return damaged(what, configuration.error().message());
}

/// What makes $LATEST different from the version that was published from it.
std::string fingerprint_of(const LambdaVersion& latest) {
  return sha256_hex(latest.code.hash.str() + to_json(latest.configuration));
}

Result<LambdaVersion> lambda_version_of(const Statement& row) {
  FESCUE_TRY(configuration, configuration_of(row));
  return LambdaVersion{.name = row.text(0),
                       .number = row.integer(1),
                       .configuration = std::move(configuration),
                       .code = {ArtifactHash(row.text(3)), static_cast<std::uint64_t>(row.integer(4))},
                       .last_modified = from_epoch_milliseconds(row.integer(5)),
                       .revision_id = row.text(6)};
}

Result<LambdaAlias> alias_of(const Statement& row) {
  LambdaAlias alias{row.text(0), row.text(1), row.integer(2), row.text(3), row.text(4), {}};
  const std::string what = fmt::format("the weights column of alias {} of function {}", alias.name, alias.function);
  FESCUE_TRY(weights, stored_object(row.text(5), what));
  for (const auto& [version, weight] : weights) {
    if (!weight.is_number()) return damaged(what, "a weight is not a number");
    alias.weights[std::string(version)] = weight.to_number<double>();
  }
  return alias;
}

std::string weights_text(const LambdaAlias& alias) {
  json::object out;
  for (const auto& [version, weight] : alias.weights) out[version] = weight;
  return json::serialize(out);
}

Error no_function(std::string_view name) { return Error(Code::not_found, fmt::format("no function {}", name)); }

}  // namespace

Result<void> FunctionStore::insert(const LambdaVersion& version, std::string_view fingerprint) {
  FESCUE_TRY(statement, database_.prepare(fmt::format("INSERT INTO lambda_version ({}, fingerprint) "
                                                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                                      kVersionColumns)));
  statement.bind_all(version.name, version.number, to_json(version.configuration), version.code.hash.str(),
                     static_cast<std::int64_t>(version.code.bytes),
                     static_cast<std::int64_t>(epoch_milliseconds(version.last_modified)), version.revision_id,
                     fingerprint);
  return statement.run();
}

Result<void> FunctionStore::create(const LambdaVersion& latest, const std::map<std::string, std::string>& tags) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(function, database_.prepare("INSERT INTO lambda_function (name, tags) VALUES (?1, ?2)"));
  FESCUE_CHECK(function.bind_all(latest.name, json::serialize(object_of(tags))).run());
  FESCUE_CHECK(insert(latest, fingerprint_of(latest)));
  return transaction.commit();
}

Result<std::optional<LambdaVersion>> FunctionStore::find(std::string_view name, std::int64_t number) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {} FROM lambda_version WHERE name = ?1 AND number = ?2",
                                                      kVersionColumns)));
  return statement.bind_all(name, number).first(lambda_version_of);
}

Result<void> FunctionStore::update_latest(const LambdaVersion& latest) {
  FESCUE_TRY(statement, database_.prepare("UPDATE lambda_version SET configuration = ?2, code_sha256 = ?3, "
                                          "code_bytes = ?4, modified_ms = ?5, revision_id = ?6, fingerprint = ?7 "
                                          "WHERE name = ?1 AND number = 0"));
  statement.bind_all(
      latest.name, to_json(latest.configuration), latest.code.hash.str(), static_cast<std::int64_t>(latest.code.bytes),
      static_cast<std::int64_t>(epoch_milliseconds(latest.last_modified)), latest.revision_id, fingerprint_of(latest));
  FESCUE_CHECK(statement.run());
  if (database_.changes() == 0) return no_function(latest.name);
  return ok();
}

Result<std::optional<LambdaVersion>> FunctionStore::unchanged_since_publish(const LambdaVersion& latest) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {}, fingerprint FROM lambda_version "
                                                      "WHERE name = ?1 AND number > 0 ORDER BY number DESC LIMIT 1",
                                                      kVersionColumns)));
  FESCUE_TRY(found, statement.bind(1, latest.name).step());
  if (!found || statement.text(7) != fingerprint_of(latest)) return std::optional<LambdaVersion>();
  FESCUE_TRY(version, lambda_version_of(statement));
  return std::optional(std::move(version));
}

Result<std::int64_t> FunctionStore::next_number(std::string_view name) {
  FESCUE_TRY(statement, database_.prepare("INSERT INTO lambda_last_number (name, number) VALUES (?1, 1) "
                                          "ON CONFLICT (name) DO UPDATE SET number = number + 1 RETURNING number"));
  FESCUE_TRY(row, statement.bind(1, name).step());
  FESCUE_ASSERT(row);
  return statement.integer(0);
}

Result<LambdaVersion> FunctionStore::publish(std::string_view name, const std::optional<std::string>& description,
                                             WallTime now) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(latest, find(name, kLatest));
  if (!latest) return no_function(name);
  FESCUE_TRY(last, unchanged_since_publish(*latest));
  if (last) return std::move(*last);
  LambdaVersion version = *latest;
  FESCUE_TRY(number, next_number(name));
  version.number = number;
  version.last_modified = now;
  version.revision_id = random_uuid();
  if (description) version.configuration.description = *description;
  FESCUE_CHECK(insert(version, fingerprint_of(*latest)));
  FESCUE_CHECK(transaction.commit());
  return version;
}

Result<bool> FunctionStore::remove(std::string_view name) {
  FESCUE_TRY(transaction, Transaction::begin(database_));
  FESCUE_TRY(aliases, database_.prepare("DELETE FROM lambda_alias WHERE function = ?1"));
  FESCUE_CHECK(aliases.bind(1, name).run());
  FESCUE_TRY(function, database_.prepare("DELETE FROM lambda_function WHERE name = ?1"));
  FESCUE_CHECK(function.bind(1, name).run());
  const bool found = database_.changes() > 0;
  FESCUE_CHECK(transaction.commit());
  return found;
}

Result<bool> FunctionStore::remove_version(std::string_view name, std::int64_t number) {
  FESCUE_TRY(aliases, database_.prepare("SELECT name FROM lambda_alias WHERE function = ?1 AND version = ?2 LIMIT 1"));
  FESCUE_TRY(used, aliases.bind_all(name, number).step());
  if (used) {
    return Error(Code::conflict,
                 fmt::format("version {} of {} is in use by the alias {}", number, name, aliases.text(0)));
  }
  FESCUE_TRY(statement, database_.prepare("DELETE FROM lambda_version WHERE name = ?1 AND number = ?2"));
  FESCUE_CHECK(statement.bind_all(name, number).run());
  return database_.changes() > 0;
}

Result<std::vector<LambdaVersion>> FunctionStore::list(std::string_view after_name, std::size_t limit) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {} FROM lambda_version WHERE number = 0 AND name > ?1 "
                                                      "ORDER BY name LIMIT ?2",
                                                      kVersionColumns)));
  return statement.bind_all(after_name, static_cast<std::int64_t>(limit)).rows(lambda_version_of);
}

Result<std::vector<LambdaVersion>> FunctionStore::list_all(const LambdaPosition& after, std::size_t limit) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {} FROM lambda_version WHERE (name, number) > (?1, ?2) "
                                                      "ORDER BY name, number LIMIT ?3",
                                                      kVersionColumns)));
  return statement.bind_all(after.name, after.number, static_cast<std::int64_t>(limit)).rows(lambda_version_of);
}

Result<std::vector<LambdaVersion>> FunctionStore::list_versions(const LambdaPosition& after, std::size_t limit) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {} FROM lambda_version WHERE name = ?1 AND number > ?2 "
                                                      "ORDER BY number LIMIT ?3",
                                                      kVersionColumns)));
  return statement.bind_all(after.name, after.number, static_cast<std::int64_t>(limit)).rows(lambda_version_of);
}

Result<std::map<std::string, std::string>> FunctionStore::tags(std::string_view name) const {
  FESCUE_TRY(statement, database_.prepare("SELECT tags FROM lambda_function WHERE name = ?1"));
  FESCUE_TRY(found, statement.bind(1, name).step());
  if (!found) return no_function(name);
  return stored_string_map(statement.text(0), fmt::format("the tags column of function {}", name));
}

Result<void> FunctionStore::set_tags(std::string_view name, const std::map<std::string, std::string>& tags) {
  FESCUE_TRY(statement, database_.prepare("UPDATE lambda_function SET tags = ?2 WHERE name = ?1"));
  FESCUE_CHECK(statement.bind_all(name, json::serialize(object_of(tags))).run());
  if (database_.changes() == 0) return no_function(name);
  return ok();
}

Result<void> FunctionStore::create_alias(const LambdaAlias& alias) {
  FESCUE_TRY(statement, database_.prepare(fmt::format("INSERT INTO lambda_alias ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                                      kAliasColumns)));
  return statement
      .bind_all(alias.function, alias.name, alias.version, alias.description, alias.revision_id, weights_text(alias))
      .run();
}

Result<void> FunctionStore::update_alias(const LambdaAlias& alias) {
  FESCUE_TRY(statement, database_.prepare("UPDATE lambda_alias SET version = ?3, description = ?4, revision_id = ?5, "
                                          "weights = ?6 WHERE function = ?1 AND name = ?2"));
  statement.bind_all(alias.function, alias.name, alias.version, alias.description, alias.revision_id,
                     weights_text(alias));
  return statement.run();
}

Result<bool> FunctionStore::remove_alias(std::string_view function, std::string_view name) {
  FESCUE_TRY(statement, database_.prepare("DELETE FROM lambda_alias WHERE function = ?1 AND name = ?2"));
  FESCUE_CHECK(statement.bind_all(function, name).run());
  return database_.changes() > 0;
}

Result<std::optional<LambdaAlias>> FunctionStore::find_alias(std::string_view function, std::string_view name) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {} FROM lambda_alias WHERE function = ?1 AND name = ?2",
                                                      kAliasColumns)));
  return statement.bind_all(function, name).first(alias_of);
}

Result<std::vector<LambdaAlias>> FunctionStore::list_aliases(std::string_view function,
                                                             std::optional<std::int64_t> version,
                                                             std::string_view after_name, std::size_t limit) const {
  FESCUE_TRY(statement, database_.prepare(fmt::format("SELECT {} FROM lambda_alias WHERE function = ?1 AND name > ?2 "
                                                      "AND (?3 < 0 OR version = ?3) ORDER BY name LIMIT ?4",
                                                      kAliasColumns)));
  return statement.bind_all(function, after_name, version.value_or(-1), static_cast<std::int64_t>(limit))
      .rows(alias_of);
}

Result<FunctionStore::Usage> FunctionStore::usage() const {
  FESCUE_TRY(select, database_.prepare("SELECT COUNT(DISTINCT name), TOTAL(code_bytes) FROM lambda_version"));
  FESCUE_TRY(usage, select.first([](const Statement& row) { return Usage{row.integer(0), row.integer(1)}; }));
  return usage.value_or(Usage{});
}

Result<std::set<ArtifactHash>> FunctionStore::artifacts() const {
  FESCUE_TRY(statement, database_.prepare("SELECT DISTINCT code_sha256 FROM lambda_version"));
  std::set<ArtifactHash> out;
  FESCUE_CHECK(statement.each([&](const Statement& row) { out.emplace(row.text(0)); }));
  return out;
}

}  // namespace fescue::cloud
