// Whose account and region an instance plays. Chosen at its first start and kept in DATA/instance.json; the same ever
// after, since they stand in every ARN that it gave out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/arn.h"

namespace fescue::cloud {

struct InstanceIdentity {
  Region region{"us-west-2"};
  AccountId account{"123456789012"};
};

/// What the command line says; nothing where it says nothing.
struct WantedIdentity {
  std::optional<Region> region;
  std::optional<AccountId> account;
};

Result<Region> parse_region(std::string_view text);         // letters, digits and hyphens, as in us-west-2
Result<AccountId> parse_account_id(std::string_view text);  // twelve digits

/// What is kept in `data_directory`; where nothing is, what is wanted, or the defaults. Changes nothing. Error:
/// conflict when something else is kept than is wanted.
Result<InstanceIdentity> resolve_identity(const std::string& data_directory, const WantedIdentity& wanted);
/// From here on it is this.
Result<void> keep_identity(const std::string& data_directory, const InstanceIdentity& identity);

}  // namespace fescue::cloud
