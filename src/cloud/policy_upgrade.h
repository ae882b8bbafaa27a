// What a database needs that was made before policies were enforced: the certificates of cores that have no policy get
// one that allows everything, as AWS's console gave one to each new core. Once; who has no policy after that is
// refused.
#pragma once

#include "base/clock.h"
#include "cloud/cloud_config.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

/// The policy's name; it is a policy like any other, to be narrowed or detached.
inline constexpr std::string_view kUpgradePolicyName = "fescue-cores-of-before";

/// Says in the log which certificates got it, and which have none.
Result<void> give_policies_to_cores(Database& database, const CloudConfig& config, WallTime now);

}  // namespace fescue::cloud
