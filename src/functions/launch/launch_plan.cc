// One function's plan: user, interpreter, container, and what policy and host say to them.
#include "functions/launch/launch_plan.h"

#include <stdlib.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text/paths.h"
#include "functions/launch/worker_environment.h"
#include "sandbox/launcher/sources.h"

namespace fescue {

namespace {

void remark(LaunchPlan& plan, const std::string& sentence) {
  plan.notes.push_back(sentence);
  plan.remarks.push_back(sentence);
}

/// The program, for every runtime that needs none but its package's.
Result<void> find_program(LaunchPlan& plan, const LaunchRules& rules) {
  FESCUE_TRY(kind, runtime_kind(plan.function.runtime));
  const bool will_open = !rules.code_directory.empty() && is_within(plan.code, rules.code_directory);
  const std::string opened = will_open ? plan.code : "";
  if (kind == RuntimeKind::executable)
    return check_executable(plan.code + "/" + plan.function.handler, plan.user, opened);
  if (kind == RuntimeKind::custom)
    return check_executable(plan.code + "/" + std::string(kBootstrap), plan.user, opened);
  FESCUE_TRY(interpreter, choose_interpreter(plan.function.runtime, rules.interpreters, plan.user));
  plan.interpreter = std::move(interpreter.path);
  plan.stand_in = std::move(interpreter.remark);
  if (!plan.stand_in.empty()) remark(plan, plan.stand_in);
  return ok();
}

/// Containers show no homes, and have a /tmp of their own, so an interpreter that is kept there is not in them.
Result<void> check_visible(const LaunchPlan& plan, const LaunchRules& rules) {
  if (plan.interpreter.empty()) return ok();
  std::vector<std::string> hidden = rules.policy.protected_directories;
  hidden.insert(hidden.end(), {"/tmp", "/dev"});
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(plan.interpreter.c_str(), nullptr), &::free);
  for (const std::string& path : {plan.interpreter, std::string(real ? real.get() : plan.interpreter.c_str())}) {
    if (is_visible(path, hidden, *plan.container)) continue;
    return Error(Code::not_found,
                 fmt::format("runtime {}: {} lies in a directory that containers do not show; install the interpreter "
                             "below /usr or /opt, attach its directory as a volume, or use IsolationMode NoContainer",
                             plan.function.runtime, path));
  }
  return ok();
}

Result<void> check_container(const FunctionConfig& function, const LaunchRules& rules) {
  if (const std::string why = why_no_containers(rules); !why.empty()) {
    return Error(
        Code::permission_denied,
        fmt::format("it asks for a container, and this core has none: {}. Set the IsolationMode to NoContainer "
                    "(Environment.Execution.IsolationMode, or DefaultConfig for all functions)",
                    why));
  }
  if (rules.strict && !function.memory_kb) {
    return Error(Code::invalid_argument, fmt::format("MemorySize configuration for function with arn {} is required in "
                                                     "IsolationMode=GreengrassContainer.",
                                                     function.arn.str()));
  }
  return ok();
}

HostView host_view(const LaunchRules& rules) {
  HostView host = this_host();
  host.source = [&rules, look = host.source](const std::string& path) {
    const SourceFacts seen = look(path);
    const auto hidden = rules.hidden.find(path);
    return seen.kind == SourceFacts::Kind::unknown && hidden != rules.hidden.end() ? hidden->second : seen;
  };
  host.may_grant = [&rules](gid_t gid) {
    return rules.policy.root_functions || (gid != rules.policy.core_gid && !rules.accounts.groups.contains(gid));
  };
  return host;
}

/// What the launcher would say of the paths.
Result<void> check_paths_of(const ContainerLayout& layout, const LaunchRules& rules) {
  for (const LaidOutResource& resource : layout.resources) {
    const auto allowed = check_paths(host_resource(resource), rules.policy.protected_directories);
    if (!allowed) return allowed.error().in("group config is invalid");
  }
  return ok();
}

/// What the launcher would say of the ids.
Result<void> hold_against_policy(const LaunchPlan& plan, const LaunchRules& rules) {
  WorkerSpec spec;
  spec.uid = plan.user.uid;
  spec.gid = plan.user.gid;
  const LauncherIds launcher =
      rules.run_as.only_user ? LauncherIds{rules.run_as.only_user->uid, rules.run_as.only_user->gid} : LauncherIds{};
  return check(rules.policy, launcher, rules.accounts, spec);
}

void note_memory(LaunchPlan& plan) {
  const std::optional<std::uint64_t> given = plan.function.memory_kb;
  if (!given) {
    plan.notes.push_back(fmt::format("it has no MemorySize and gets V1's default of {} KB", kDefaultMemoryKb));
  } else if (*given < kLeastMemoryKb) {
    remark(plan,
           fmt::format("its MemorySize of {0} counts KB, too few for anything to start, so it gets V1's default of "
                       "{1} KB; for {0} MB set it to {2}",
                       *given, kDefaultMemoryKb, *given * 1024));
  }
}

Result<void> plan_container(LaunchPlan& plan, const LaunchRules& rules) {
  FESCUE_CHECK(check_container(plan.function, rules));
  FESCUE_TRY(layout, lay_out_container(plan.function, plan.user, host_view(rules)));
  FESCUE_CHECK(check_paths_of(layout, rules));
  plan.container = std::move(layout);
  plan.notes.insert(plan.notes.end(), plan.container->notes.begin(), plan.container->notes.end());
  note_memory(plan);
  if (!is_visible(plan.home, rules.policy.protected_directories, *plan.container)) plan.home = "/";
  return check_visible(plan, rules);
}

Result<void> fill(LaunchPlan& plan, const LaunchRules& rules) {
  FESCUE_CHECK(runtime_kind(plan.function.runtime));
  // Tries what every start will do: what it is started with does not matter here.
  FESCUE_CHECK(worker_command(plan.function, {.core = CoreConfig(), .places = WorkerPlaces()}));
  FESCUE_TRY(user, resolve_run_as(plan.function.run_as, rules.run_as));
  plan.user = user;
  FESCUE_CHECK(hold_against_policy(plan, rules));
  plan.home = home_of(user.uid);
  plan.limits = worker_limits(plan.function, rules.facilities.cgroups);
  FESCUE_CHECK(find_program(plan, rules));
  return plan.function.isolation == Isolation::container ? plan_container(plan, rules) : ok();
}

}  // namespace

LaunchRules launch_rules(const CoreConfig& config, LauncherPolicy policy, std::optional<UserIds> only_user) {
  LaunchRules rules;
  rules.interpreters.configured = config.runtimes;
  rules.interpreters.strict = config.strict;
  rules.run_as.only_user = only_user;
  rules.run_as.allow_root_functions = config.allow_root_functions;
  rules.policy = std::move(policy);
  rules.policy.root_functions = RootFunctions(config.allow_root_functions);
  rules.accounts = read_system_accounts();
  rules.strict = config.strict;
  return rules;
}

Result<LaunchPlan> plan_launch(const FunctionConfig& function, const std::string& code, const LaunchRules& rules) {
  LaunchPlan plan;
  plan.function = function;
  plan.code = code;
  const auto filled = fill(plan, rules);
  if (!filled) return filled.error().in(function.arn.str());
  return plan;
}

Result<void> check_root_functions(const std::vector<FunctionConfig>& functions, const RunAsRules& rules) {
  if (rules.allow_root_functions || rules.only_user) return ok();
  std::vector<std::string> arns;
  for (const FunctionConfig& function : functions) {
    if (function.run_as.uid == 0U || function.run_as.gid == 0U) arns.push_back(function.arn.str());
  }
  if (arns.empty()) return ok();
  return Error(Code::permission_denied,
               fmt::format("lambda(s)\n[{}] are configured to run as root while Greengrass is not configured to run "
                           "lambdas with root permissions (runtime.allowFunctionsToRunAsRoot in config.json)",
                           fmt::join(arns, " ")));
}

std::string why_no_containers(const LaunchRules& rules) {
  if (rules.run_as.only_user) return "it was started without root";
  if (!rules.facilities.no_containers.empty()) return rules.facilities.no_containers;
  if (!rules.facilities.cgroups.has(CgroupUse::memory)) {
    return "memory cannot be limited on this host: " + rules.facilities.cgroups.why_missing(CgroupUse::memory);
  }
  return "";
}

}  // namespace fescue
