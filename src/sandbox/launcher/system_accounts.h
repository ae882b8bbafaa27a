// Which groups and users of this machine give power over it, so that no function is to be one of them
// (docs/compatibility/resources.md#system-groups, docs/security.md#who-functions-run-as). Read from the files
// themselves: the launcher must not load modules that ask the network.
#pragma once

#include <sys/types.h>

#include <map>
#include <set>
#include <string>

#include "base/result.h"

namespace fescue {

/// Accounts of services have smaller ids than those of people, on every distribution of today.
inline constexpr uid_t kFirstPersonalUid = 1000;

struct SystemAccounts {
  std::set<gid_t> groups{0};                  // by the names of theirs that are known
  std::map<uid_t, std::string> members = {};  // of these groups, each with the name of one
};

/// From files in the formats of /etc/group and /etc/passwd. What is absent or malformed tells nothing.
SystemAccounts read_system_accounts(const std::string& group_file = "/etc/group",
                                    const std::string& user_file = "/etc/passwd");

/// Whether a function may be this user: permission_denied for a system's account and for members of system groups, with
/// what would permit it. `permitted` are those that root has named.
Result<void> check_uid(const SystemAccounts& accounts, const std::set<uid_t>& permitted, uid_t uid);

}  // namespace fescue
