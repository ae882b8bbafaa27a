// Role aliases, kept and given back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/model/role_alias.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kRoleAliasSchema;

class RoleAliasStore {
 public:
  explicit RoleAliasStore(Database& database) : database_(database) {}

  /// Error: already_exists.
  Result<void> insert(const RoleAlias& alias);
  Result<void> update(const RoleAlias& alias);
  Result<std::optional<RoleAlias>> find(std::string_view name) const;
  Result<void> remove(std::string_view name);
  /// Names, in their order, those after `after`.
  Result<std::vector<std::string>> names(std::string_view after, std::size_t limit) const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
