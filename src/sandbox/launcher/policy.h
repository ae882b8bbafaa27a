// What the launcher refuses, whoever asks. The policy is fixed when the launcher starts and cannot be changed by a
// message.
//
// It comes as arguments of the command line, not by parsing ROOT/config/config.json a second time: `fescue core` starts
// the launcher while it is still root and before it has read a byte from anybody, so what it passes then is worth as
// much as what the launcher would read, and no JSON parser has to run in the process that stays root. The core starts
// with a config.json only if only_root_can_write() accepts it.
#pragma once

#include <sys/types.h>

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "sandbox/facilities.h"
#include "sandbox/launcher/system_accounts.h"
#include "sandbox/spec.h"

namespace fescue {

using RootFunctions = StrongBool<struct RootFunctionsTag>;

struct LauncherPolicy {
  uid_t core_uid = 0;  // who the core becomes; never the uid of a function (0: the core stays root, rule 0 covers it)
  gid_t core_gid = 0;  // likewise for gid and groups
  std::set<uid_t> service_uids{};  // others of the service (the control plane's): no function's either
  std::set<uid_t> run_as{};        // system accounts that functions may be: ggc_user, and whom root named
  RootFunctions root_functions = RootFunctions::no;  // "yes" permits every uid and gid, for root is all of them
  CgroupOptions cgroups = {};
  /// ROOT and what else is the service's own: no container shows them and no resource comes from them. Real paths.
  std::vector<std::string> protected_directories{};
  /// For tests: what to do as if the kernel had not, of "user-namespaces", "overlay" and
  /// "listeners" (of system calls).
  std::set<std::string> without{};
};

/// The launcher's command line, without the program's name, and back. Errors: invalid_argument.
std::vector<std::string> policy_arguments(const LauncherPolicy& policy);
Result<LauncherPolicy> parse_policy(std::span<const char* const> arguments);

/// Who the launcher itself is. Without root it can start workers as itself only.
struct LauncherIds {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Whether `spec` may be these ids, and be in a container at all. permission_denied with a sentence that names the id
/// and what would permit it. Without a container a worker has no groups but its gid; in one, check_groups() decides.
Result<void> check(const LauncherPolicy& policy, const LauncherIds& self, const SystemAccounts& accounts,
                   const WorkerSpec& spec);

/// A group is granted only to a worker to which something of that group's is attached: `owners` own its resources.
Result<void> check_groups(const LauncherPolicy& policy, const WorkerSpec& spec, const std::set<gid_t>& owners);

/// Fails with permission_denied, and says what to do, if anybody but root (or, without root, this process's user and
/// its group) could have written `file` or put it there.
Result<void> only_root_can_write(const std::string& file);

}  // namespace fescue
