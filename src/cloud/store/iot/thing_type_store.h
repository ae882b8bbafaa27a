// Thing types (docs/compatibility/api-iot.md#thing-types).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/model/thing.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kThingTypeSchema;

class ThingTypeStore {
 public:
  explicit ThingTypeStore(Database& database) : database_(database) {}

  /// Error: already_exists.
  Result<void> insert(const ThingType& type);
  Result<void> set_deprecated(std::string_view name, std::optional<WallTime> since);
  Result<std::optional<ThingType>> find(std::string_view name) const;
  Result<void> remove(std::string_view name);
  /// By name, those after `after`.
  Result<std::vector<ThingType>> list(std::string_view after, std::size_t limit) const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
