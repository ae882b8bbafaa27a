// IoT policies: up to five numbered versions of a document, one of them the default, attached to targets (certificate
// ARNs).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cloud/model/certificate.h"
#include "cloud/model/iot_policy.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kPolicySchema;

class PolicyStore {
 public:
  explicit PolicyStore(Database& database) : database_(database) {}

  /// The policy with its version 1. Error: already_exists.
  Result<void> insert(const Policy& policy, std::string_view document);
  Result<std::optional<Policy>> find(const PolicyName& name) const;
  /// With all its versions. Error: conflict while it is attached.
  Result<void> remove(const PolicyName& name);
  Result<std::vector<Policy>> list(ListOrder order, std::int64_t after, std::size_t limit) const;

  /// The number of the new version; numbers are never used twice.
  Result<std::int64_t> add_version(const PolicyName& name, std::string_view document, WallTime now);
  Result<std::optional<PolicyVersion>> find_version(const PolicyName& name, std::int64_t version) const;
  /// Newest first.
  Result<std::vector<PolicyVersion>> versions(const PolicyName& name) const;
  Result<void> remove_version(const PolicyName& name, std::int64_t version);
  Result<void> set_default(const PolicyName& name, std::int64_t version, WallTime now);

  /// The policy exists, else conflict. Attaching twice and detaching what is not attached do nothing.
  Result<void> attach(const PolicyName& name, std::string_view target);
  Result<void> detach(const PolicyName& name, std::string_view target);
  Result<void> detach_all(std::string_view target);
  /// All that are attached to the target.
  Result<std::vector<Policy>> attached_to(std::string_view target) const;
  /// Both in the order of the names, those after `after`.
  Result<std::vector<PolicyName>> policies_of(std::string_view target, std::string_view after, std::size_t limit) const;
  Result<std::vector<std::string>> targets_of(const PolicyName& name, std::string_view after, std::size_t limit) const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
