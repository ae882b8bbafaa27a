// Findings about the functions of the deployed group, on this host as it is.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include "core/doctor/doctor.h"
#include "core/doctor/functions.h"
#include "core/launcher_policy.h"
#include "core/layout.h"
#include "deploy/staging.h"
#include "sys/storage/file.h"

namespace fescue::doctor {

namespace {

constexpr std::size_t kMaxPem = 256 * 1024;

bool may_read(const struct stat& status, const LaunchPlan& plan) {
  if (plan.user.uid == 0) return true;
  if (status.st_uid == plan.user.uid) return (status.st_mode & S_IRUSR) != 0;
  const bool in_group =
      status.st_gid == plan.user.gid ||
      (plan.container && std::ranges::find(plan.container->groups, status.st_gid) != plan.container->groups.end());
  return (status.st_mode & (in_group ? S_IRGRP : S_IROTH)) != 0;
}

PathState look_at(const std::string& path, const LaunchPlan& plan) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return PathState::absent;
  return may_read(status, plan) ? PathState::usable : PathState::unreadable;
}

Result<StagedGroup> deployed_group(const CoreLayout& layout, const CoreConfig& config) {
  FESCUE_TRY(ca, real_file_system().read(config.ca_path, kMaxPem));
  Staging staging(real_file_system(), layout.deployment(), {config.thing_arn, std::move(ca)});
  FESCUE_TRY(document, staging.load());
  if (!document || is_reset(document->type)) return Error(Code::not_found, "nothing is deployed");
  return staging.staged(std::make_shared<const Group>(std::move(document->group)));
}

/// Those of a core that is started as we were.
Result<LaunchRules> rules_of(const std::string& core_root, const CoreConfig& config,
                             const std::vector<std::string>& hidden) {
  std::optional<UserIds> service, only_user;
  if (::geteuid() != 0) {
    only_user = UserIds{::geteuid(), ::getegid()};
  } else if (const auto found = find_user("fescue")) {
    service = *found;
  }
  FESCUE_TRY(policy, launcher_policy(config, core_root, hidden, service));
  LaunchRules rules = launch_rules(config, std::move(policy), only_user);
  rules.code_directory = CoreLayout{core_root}.code();
  return rules;
}

}  // namespace

Findings check_functions(const std::string& core_root, const CoreConfig& config,
                         const std::vector<std::string>& hidden) {
  const CoreLayout layout{core_root};
  const auto staged = deployed_group(layout, config);
  if (!staged) return {};  // nothing is deployed, or it is not ours to read: the core says so itself
  const auto rules = rules_of(core_root, config, hidden);
  if (!rules) return {{"functions", Verdict::problem, rules.error().message(), "correct config.json"}};
  Findings out;
  std::vector<LaunchPlan> plans;
  for (const FunctionConfig& function : staged->group->functions) {
    const auto plan = plan_launch(function, staged->code.at(function.arn), *rules);
    if (!plan) {
      out.push_back({"functions", Verdict::warning, plan.error().message(), "correct it and deploy again"});
      continue;
    }
    out.push_back(judge_runtime(*plan));
    plans.push_back(*plan);
    Findings more = judge_function(*plan, rules->policy.protected_directories, look_at);
    out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  Findings neighbours = judge_neighbours(plans);
  out.insert(out.end(), std::make_move_iterator(neighbours.begin()), std::make_move_iterator(neighbours.end()));
  return out;
}

}  // namespace fescue::doctor
