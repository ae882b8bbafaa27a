// Greengrass definitions and groups: named things whose contents are immutable versions
// (docs/compatibility/api-greengrass.md#versions-and-ids). One store for the seven families of definitions and for
// groups, which have the same shape. A version's body is the JSON object that its creator gave, checked before it came
// here. Newest first, always.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cloud/model/definition.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kDefinitionSchema;

class DefinitionStore {
 public:
  static constexpr std::int64_t kFromTheNewest = std::numeric_limits<std::int64_t>::max();

  explicit DefinitionStore(Database& database) : database_(database) {}

  Result<void> create(const Definition& definition);
  /// Becomes the latest version; the definition counts as updated.
  Result<void> add_version(const DefinitionVersion& version);

  Result<std::optional<Definition>> find(Family family, std::string_view id) const;
  Result<std::vector<Definition>> list(Family family, std::int64_t before_sequence, std::size_t limit) const;
  Result<std::optional<DefinitionVersion>> find_version(std::string_view definition, std::string_view version) const;
  Result<std::vector<DefinitionVersion>> list_versions(std::string_view definition, std::int64_t before_sequence,
                                                       std::size_t limit) const;

  /// Of all versions of all definitions of a family; damage beside them does no harm.
  Result<std::vector<std::string>> bodies(Family family) const;

  Result<void> rename(Family family, std::string_view id, std::string_view name, WallTime now);
  Result<void> set_tags(Family family, std::string_view id, const std::map<std::string, std::string>& tags);
  /// With all its versions. No error when absent.
  Result<void> remove(Family family, std::string_view id);

 private:
  Database& database_;
};

}  // namespace fescue::cloud
