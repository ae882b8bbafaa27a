// Users and privileges of this process.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"

namespace fescue {

struct UserIds {
  uid_t uid = 0;
  gid_t gid = 0;
};
Result<UserIds> find_user(const std::string& name);  // not_found: "no user NAME; run `fescue doctor --fix`"
Result<gid_t> find_group(const std::string& name);
std::string user_name(uid_t uid);  // the number when nobody has it
std::string group_name(gid_t gid);

/// Becomes `ids` for good: no supplementary groups, gid, uid, no capabilities, no-new-privs, not dumpable; checked.
/// Before a second thread is started: capabilities and no-new-privs are those of the calling thread.
Result<void> drop_privileges(const UserIds& ids);

}  // namespace fescue
