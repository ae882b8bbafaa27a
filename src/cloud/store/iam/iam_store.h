// Roles and policies of IAM, each a row.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cloud/model/iam.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kIamSchema;

inline constexpr std::size_t kMaxIamRoles = 1000;
inline constexpr std::size_t kMaxIamPolicies = 1500;

class IamStore {
 public:
  explicit IamStore(Database& database) : database_(database) {}

  /// Errors: already_exists, resource_exhausted.
  Result<void> insert(const IamRole& role);
  Result<void> update(const IamRole& role);
  Result<std::optional<IamRole>> find_role(std::string_view name) const;
  Result<void> remove_role(std::string_view name);
  /// By name, those after `after`.
  Result<std::vector<IamRole>> list_roles(std::string_view after, std::size_t limit) const;

  /// Errors: already_exists, resource_exhausted.
  Result<void> insert(const IamPolicy& policy);
  Result<std::optional<IamPolicy>> find_policy(std::string_view arn) const;
  Result<void> remove_policy(std::string_view arn);
  /// By ARN, those after `after`.
  Result<std::vector<IamPolicy>> list_policies(std::string_view after, std::size_t limit) const;
  /// How many roles it is attached to.
  Result<std::int64_t> attachments(std::string_view arn) const;

 private:
  Result<void> check_room(std::string_view count_sql, std::size_t most) const;

  Database& database_;
};

}  // namespace fescue::cloud
