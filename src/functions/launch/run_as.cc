// The chosen ids, looked up by name where the group leaves them open, and the home that belongs to them.
#include "functions/launch/run_as.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

namespace fescue {

Result<UserIds> resolve_run_as(const RunAs& run_as, const RunAsRules& rules) {
  if (rules.only_user) return *rules.only_user;
  UserIds ids;
  if (run_as.uid) {
    ids.uid = *run_as.uid;
  } else {
    FESCUE_TRY(user, find_user(rules.default_user));
    ids.uid = user.uid;
  }
  if (run_as.gid) {
    ids.gid = *run_as.gid;
  } else {
    FESCUE_TRY(group, find_group(rules.default_group));
    ids.gid = group;
  }
  if ((ids.uid == 0 || ids.gid == 0) && !rules.allow_root_functions) {
    return Error(Code::permission_denied,
                 "it is configured to run as root, but Greengrass is not configured to run Lambda functions with root "
                 "permissions (runtime.allowFunctionsToRunAsRoot in config.json)");
  }
  return ids;
}

std::optional<UserIds> only_user_of(pid_t launcher) {
  struct stat status;
  // Unseen (hidepid) means another user's, and the only other user that a launcher can have is root.
  const bool is_root = ::stat(("/proc/" + std::to_string(launcher)).c_str(), &status) != 0 || status.st_uid == 0;
  if (is_root) return std::nullopt;
  return UserIds{::geteuid(), ::getegid()};
}

std::string home_of(uid_t uid) {
  std::vector<char> buffer(16 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || !found) return "/";
  struct stat status;
  const bool is_there = ::stat(found->pw_dir, &status) == 0 && S_ISDIR(status.st_mode);
  return is_there ? found->pw_dir : "/";
}

}  // namespace fescue
