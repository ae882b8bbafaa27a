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
#include "cloud/model/lambda_function.h"
#include "model/ids.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kFunctionSchema;

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

  struct Usage {
    std::int64_t functions = 0;
    std::int64_t code_bytes = 0;  // of all versions
  };
  Result<Usage> usage() const;

  /// The packages that some version refers to.
  Result<std::set<ArtifactHash>> artifacts() const;

 private:
  Result<std::optional<LambdaVersion>> unchanged_since_publish(const LambdaVersion& latest) const;
  Result<std::int64_t> next_number(std::string_view name);
  Result<void> insert(const LambdaVersion& version, std::string_view fingerprint);

  Database& database_;
};

}  // namespace fescue::cloud
