// LaunchPlan: all that can be found out about starting a function before its first worker starts. Made when a group is
// activated, so that a missing interpreter, account or resource fails the deployment and not the first call.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "functions/launch/container_layout.h"
#include "functions/launch/interpreters.h"
#include "functions/launch/run_as.h"
#include "model/core_config.h"
#include "model/group.h"
#include "sandbox/launcher/policy.h"

namespace fescue {

struct LaunchPlan {
  FunctionConfig function;
  std::string code;  // the unpacked package
  UserIds user;
  std::string home;
  std::string interpreter;  // empty for executables
  std::string stand_in;     // a sentence when it is newer than what was asked for; among the notes as well
  WorkerLimits limits;
  std::optional<ContainerLayout> container;  // absent: NoContainer
  std::vector<std::string> notes;            // what its owner should know, as sentences
  std::vector<std::string> remarks;          // those of the notes that the status of a deployment says
};

struct LaunchRules {
  InterpreterSearch interpreters;
  RunAsRules run_as;
  Facilities facilities;         // of the host, as the launcher found them
  LauncherPolicy policy{};       // the launcher's: what it would refuse fails the plan
  SystemAccounts accounts{};     // which no function is
  std::string code_directory{};  // packages right below it are opened to their users before they run (code_access.h)
  HiddenSources hidden{};        // what the core cannot see of the group's resources
  bool strict = false;           // fescue.strict: a container needs a MemorySize, as V1's API demanded
};

/// Those of a core with this configuration, on this host; `policy` is its launcher's. Without root `only_user` is the
/// one that the launcher can start.
LaunchRules launch_rules(const CoreConfig& config, LauncherPolicy policy, std::optional<UserIds> only_user);

/// Errors name the function and what to do about it.
Result<LaunchPlan> plan_launch(const FunctionConfig& function, const std::string& code, const LaunchRules& rules);

/// permission_denied in V1's words when functions are to be root and may not; names them all.
Result<void> check_root_functions(const std::vector<FunctionConfig>& functions, const RunAsRules& rules);

/// Why this core has no containers; empty when it has.
std::string why_no_containers(const LaunchRules& rules);

}  // namespace fescue
