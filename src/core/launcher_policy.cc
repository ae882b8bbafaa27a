// The ids and directories of the service itself.
#include "core/launcher_policy.h"

#include <unistd.h>

#include <set>
#include <utility>

#include <fmt/format.h>

namespace fescue {

namespace {

/// The accounts below the ids of people that functions may have all the same.
Result<std::set<uid_t>> permitted_accounts(const CoreConfig& config) {
  std::set<uid_t> out(config.run_as_uids.begin(), config.run_as_uids.end());
  if (const auto usual = find_user("ggc_user")) out.insert(usual->uid);
  for (const std::string& name : config.run_as_users) {
    const auto found = find_user(name);
    if (!found) {
      return Error(found.error().code(), fmt::format("fescue.runAs in config.json names \"{}\": no such user", name));
    }
    out.insert(found->uid);
  }
  return out;
}

}  // namespace

Result<LauncherPolicy> launcher_policy(const CoreConfig& config, const std::string& root,
                                       std::vector<std::string> hidden, const std::optional<UserIds>& user) {
  LauncherPolicy policy;
  policy.core_uid = user ? user->uid : ::getuid();
  policy.core_gid = user ? user->gid : ::getgid();
  if (const auto cloud = find_user("fescue-cloud")) policy.service_uids.insert(cloud->uid);
  FESCUE_TRY(permitted, permitted_accounts(config));
  policy.run_as = std::move(permitted);
  policy.root_functions = RootFunctions(config.allow_root_functions);
  policy.protected_directories = std::move(hidden);
  policy.protected_directories.push_back(root);
  return policy;
}

}  // namespace fescue
