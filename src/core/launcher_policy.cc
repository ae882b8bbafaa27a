// The ids and directories of the service itself.
#include "core/launcher_policy.h"

#include <unistd.h>

#include <utility>

namespace fescue {

LauncherPolicy launcher_policy(const CoreConfig& config, const std::string& root, std::vector<std::string> hidden,
                               const std::optional<UserIds>& user) {
  LauncherPolicy policy;
  policy.core_uid = user ? user->uid : ::getuid();
  policy.core_gid = user ? user->gid : ::getgid();
  if (const auto cloud = find_user("fescue-cloud")) policy.service_uids.insert(cloud->uid);
  policy.root_functions = RootFunctions(config.allow_root_functions);
  policy.protected_directories = std::move(hidden);
  policy.protected_directories.push_back(root);
  return policy;
}

}  // namespace fescue
