// The checks of `fescue doctor`. None of them changes anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "functions/launch/interpreters.h"
#include "model/core_config.h"
#include "sys/process/privileges.h"

namespace fescue::doctor {

enum class Verdict {
  good,
  note,     // good to know; nothing has to be done
  warning,  // something will not work as on a complete host
  problem,  // a core or its functions cannot run
};
std::string_view name_of(Verdict verdict);  // "ok", "note", "warning", "problem"

struct Finding {
  std::string area;  // "users", "ports" ...
  Verdict verdict = Verdict::good;
  std::string text;
  std::string advice = {};                             // what to do; empty when there is nothing to do
  std::vector<std::vector<std::string>> repairs = {};  // commands that do it, for --fix; as root
};
using Findings = std::vector<Finding>;

/// ggc_user, ggc_group, fescue and fescue-cloud, and who we are.
Findings check_accounts();

/// Interpreters that functions can be run with, and what becomes of V1's runtimes. `config` is null when there is no
/// core yet.
Findings check_runtimes(const CoreConfig* config);
/// The same of one search, for the user that functions run as.
Findings check_interpreters(const InterpreterSearch& search, const UserIds& user);

/// The parts of the installation: the launcher beside this program, the language runtimes.
Findings check_installation();

/// Whether functions can reach a core below `root`: every directory on the way lets others pass.
Findings check_root(const std::string& root);

/// The core's configuration, certificate and key, if there is a core in `core_root`.
Findings check_core(const std::string& core_root, WallTime now);

/// Whether the deployed functions can be started, and what they name that they will not see (functions.h). `hidden`:
/// what the core is told to hide besides its root.
Findings check_functions(const std::string& core_root, const CoreConfig& config,
                         const std::vector<std::string>& hidden);

/// Kernel, cgroups, protection of links, clock.
Findings check_host(WallTime now);

struct PortUse {
  std::string name;  // "the API (--api)"
  HostPort address;
  bool is_ours = false;  // a running `fescue up` of this root has it
};
Findings check_ports(const std::vector<PortUse>& uses);

// What judges, pure.

/// Both limits of sysctl fs.protected_*links, as read; V1's core refused to start without them.
Findings judge_link_protection(std::string_view hardlinks, std::string_view symlinks);

/// `built`: when this program was made; `synchronised`: what the kernel says of its clock.
enum class ClockSync { synchronised, free_running, unknown };
Findings judge_clock(WallTime now, WallTime built, ClockSync sync);

}  // namespace fescue::doctor
