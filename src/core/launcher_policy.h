// What the launcher of this core refuses, and so what no function of it gets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/core_config.h"
#include "sandbox/launcher/policy.h"
#include "sys/process/privileges.h"

namespace fescue {

/// Of the core in `root`, which becomes `user` or stays who it is. `hidden`: what is the service's own besides `root`.
/// Error: not_found for a user of fescue.runAs who is none of this machine.
Result<LauncherPolicy> launcher_policy(const CoreConfig& config, const std::string& root,
                                       std::vector<std::string> hidden, const std::optional<UserIds>& user);

}  // namespace fescue
