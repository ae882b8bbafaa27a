// Shadows of things: the classic one (an empty name) and named ones. A shadow that was deleted leaves its version
// behind, from which the next one goes on (docs/compatibility/shadows.md#documents).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/shadow/shadow_service.h"
#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue {

extern const std::string_view kShadowSchema;

class ShadowStore {
 public:
  explicit ShadowStore(Database& database) : database_(database) {}

  Result<StoredShadow> find(const ThingName& thing, std::string_view name) const;
  Result<void> put(const ThingName& thing, std::string_view name, const ShadowDocument& document);
  Result<void> remove(const ThingName& thing, std::string_view name);
  /// Names of the named shadows that exist, in order, those after `after`.
  Result<std::vector<std::string>> names(const ThingName& thing, std::string_view after, std::size_t limit) const;

 private:
  Database& database_;
};

}  // namespace fescue
