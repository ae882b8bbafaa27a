// Lambda functions: each name has a mutable $LATEST, immutable numbered versions and aliases
// (docs/compatibility/api-lambda.md#versions-and-aliases). A version is a copy of $LATEST's code and configuration.
// Version numbers of a name are never used twice, not even when the function was deleted and made again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kFunctionSchema;

/// $LATEST as a version number; the published ones begin with 1.
inline constexpr std::int64_t kLatest = 0;

struct LambdaConfiguration {
  std::string runtime, role, handler, description;
  std::int64_t timeout_seconds = 3;
  std::int64_t memory_mb = 128;                                   // of the cloud's Lambda; a core does not look at it
  std::optional<std::map<std::string, std::string>> environment;  // absent: never set
  std::string architecture = "x86_64";
  std::string echoed = "{}";  // a JSON object: members of the API that are kept and given back, without effect

  friend bool operator==(const LambdaConfiguration&, const LambdaConfiguration&) = default;
};

struct LambdaCode {
  ArtifactHash hash;
  std::uint64_t bytes = 0;  // of the zip
  friend bool operator==(const LambdaCode&, const LambdaCode&) = default;
};

struct LambdaVersion {
  std::string name;
  std::int64_t number = kLatest;
  LambdaConfiguration configuration;
  LambdaCode code;
  WallTime last_modified;
  std::string revision_id;
};

struct LambdaAlias {
  std::string function, name;
  std::int64_t version = kLatest;
  std::string description;
  std::string revision_id;
  std::map<std::string, double> weights;  // RoutingConfig.AdditionalVersionWeights
};

/// Where a listing goes on: after this name and number.
struct LambdaPosition {
  std::string name;
  std::int64_t number = -1;
};

class FunctionStore {
 public:
  explicit FunctionStore(Database& database) : database_(database) {}

  /// Error: already_exists.
  Result<void> create(const LambdaVersion& latest, const std::map<std::string, std::string>& tags);
  Result<std::optional<LambdaVersion>> find(std::string_view name, std::int64_t number) const;
  /// Replaces what $LATEST of an existing function holds.
  Result<void> update_latest(const LambdaVersion& latest);

  /// A copy of $LATEST under the next number; or the last published version, if $LATEST still is what it was then.
  /// `description` is the version's own. Error: not_found.
  Result<LambdaVersion> publish(std::string_view name, const std::optional<std::string>& description, WallTime now);

  /// With all versions and aliases. Whether there was one.
  Result<bool> remove(std::string_view name);
  /// Whether there was one. Error: conflict while an alias points to it.
  Result<bool> remove_version(std::string_view name, std::int64_t number);

  /// $LATEST of each function, by name.
  Result<std::vector<LambdaVersion>> list(std::string_view after_name, std::size_t limit) const;
  /// Every version of every function, by name and number.
  Result<std::vector<LambdaVersion>> list_all(const LambdaPosition& after, std::size_t limit) const;
  /// Of one function, $LATEST first.
  Result<std::vector<LambdaVersion>> list_versions(const LambdaPosition& after, std::size_t limit) const;

  Result<std::map<std::string, std::string>> tags(std::string_view name) const;
  Result<void> set_tags(std::string_view name, const std::map<std::string, std::string>& tags);

  /// Error: already_exists.
  Result<void> create_alias(const LambdaAlias& alias);
  Result<void> update_alias(const LambdaAlias& alias);
  Result<bool> remove_alias(std::string_view function, std::string_view name);
  Result<std::optional<LambdaAlias>> find_alias(std::string_view function, std::string_view name) const;
  /// By name; of one version only, if it is given.
  Result<std::vector<LambdaAlias>> list_aliases(std::string_view function, std::optional<std::int64_t> version,
                                                std::string_view after_name, std::size_t limit) const;

  /// The packages that some version refers to.
  Result<std::set<ArtifactHash>> artifacts() const;

 private:
  Result<std::optional<LambdaVersion>> unchanged_since_publish(const LambdaVersion& latest) const;
  Result<std::int64_t> next_number(std::string_view name);
  Result<void> insert(const LambdaVersion& version, std::string_view fingerprint);

  Database& database_;
};

}  // namespace fescue::cloud
