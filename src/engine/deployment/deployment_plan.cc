// Comparing two groups kind by kind, pairing versions of one function, and the words for what was found.
#include "engine/deployment/deployment_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace fescue {

namespace {

using Functions = std::map<FunctionArn, const FunctionConfig*>;

Functions functions_of(const Group* group) {
  Functions out;
  if (group == nullptr) return out;
  for (const FunctionConfig& function : group->functions) out.emplace(function.arn, &function);
  return out;
}

std::vector<std::string> differences(const FunctionConfig& a, const FunctionConfig& b) {
  const std::pair<std::string_view, bool> members[] = {
      {"version", a.arn != b.arn},
      {"code", a.artifact != b.artifact},
      {"runtime", a.runtime != b.runtime},
      {"handler", a.handler != b.handler},
      {"arguments", a.exec_args != b.exec_args},
      {"lifecycle", a.pinned != b.pinned},
      {"timeout", a.timeout != b.timeout || a.init_timeout != b.init_timeout},
      {"memory", a.memory_kb != b.memory_kb},
      {"encoding", a.encoding != b.encoding},
      {"environment", a.environment != b.environment},
      {"isolation", a.isolation != b.isolation || a.access_sysfs != b.access_sysfs},
      {"user", a.run_as != b.run_as},
      {"resources", a.resources != b.resources},
  };
  std::vector<std::string> out;
  for (const auto& [name, differs] : members) {
    if (differs) out.emplace_back(name);
  }
  return out;
}

/// Those of the same name, the version aside; the first of several.
Functions::iterator find_by_name(Functions& among, const FunctionArn& arn) {
  return std::ranges::find_if(among, [&](const auto& entry) { return entry.first.unqualified() == arn.unqualified(); });
}

void compare_functions(Functions before, Functions after, DeploymentPlan& plan) {
  for (auto wanted = after.begin(); wanted != after.end();) {
    const auto same = before.find(wanted->first);
    if (same == before.end()) {
      ++wanted;
      continue;
    }
    if (*same->second == *wanted->second) {
      plan.unchanged.push_back(wanted->first);
    } else {
      plan.changed.push_back({same->first, wanted->first, differences(*same->second, *wanted->second)});
    }
    before.erase(same);
    wanted = after.erase(wanted);
  }
  for (const auto& [arn, config] : after) {
    const auto predecessor = find_by_name(before, arn);
    if (predecessor == before.end()) {
      plan.added.push_back(arn);
      continue;
    }
    plan.changed.push_back({predecessor->first, arn, differences(*predecessor->second, *config)});
    before.erase(predecessor);
  }
  for (const auto& [arn, config] : before) plan.removed.push_back(arn);
}

/// Rows as a set: the ids are not looked at, since they name rows and route nothing.
auto rows_of(const Group* group) {
  std::set<std::tuple<Endpoint, TopicFilter, Endpoint>> rows;
  if (group == nullptr) return rows;
  for (const Subscription& row : group->subscriptions) rows.emplace(row.source, row.subject, row.target);
  return rows;
}

std::vector<PlanStep> steps_of(const DeploymentPlan& plan, const Group* running, const Group& wanted) {
  std::vector<PlanStep> steps;
  for (const FunctionArn& arn : plan.added) steps.push_back({StepKind::start, arn});
  for (const FunctionChange& change : plan.changed) steps.push_back({StepKind::replace, change.to, change.from});
  if (plan.subscriptions_changed) steps.push_back({StepKind::switch_routes});
  if (plan.loggers_changed) steps.push_back({StepKind::set_loggers});
  for (const FunctionArn& arn : plan.removed) steps.push_back({StepKind::stop, arn});
  steps.push_back({StepKind::commit});
  const Functions kept = functions_of(&wanted);
  for (const auto& [arn, config] : functions_of(running)) {
    const auto same = kept.find(arn);
    if (same == kept.end() || same->second->artifact != config->artifact) {
      steps.push_back({StepKind::remove_code, arn});
    }
  }
  return steps;
}

/// "Echo:4"
std::string short_name(const FunctionArn& arn) { return fmt::format("{}:{}", arn.name(), arn.qualifier()); }

std::string list_names(const std::vector<FunctionArn>& arns) {
  std::string out;
  for (const FunctionArn& arn : arns) out += (out.empty() ? "" : ", ") + short_name(arn);
  return out;
}

std::string describe_change(const FunctionChange& change) {
  const std::string names = change.from == change.to
                                ? short_name(change.to)
                                : fmt::format("{} to {}", short_name(change.from), short_name(change.to));
  return fmt::format("{}: {}", names, fmt::join(change.what, ", "));
}

}  // namespace

DeploymentPlan plan_deployment(const Group* running, const Group& wanted) {
  DeploymentPlan plan;
  compare_functions(functions_of(running), functions_of(&wanted), plan);
  plan.subscriptions_changed = rows_of(running) != rows_of(&wanted);
  plan.loggers_changed = running == nullptr ? !wanted.loggers.empty() : running->loggers != wanted.loggers;
  plan.steps = steps_of(plan, running, wanted);
  return plan;
}

std::string describe(const PlanStep& step) {
  switch (step.kind) {
    case StepKind::start:
      return fmt::format("start {}", step.function.str());
    case StepKind::replace:
      if (step.function == step.predecessor) return fmt::format("start {} anew", step.function.str());
      return fmt::format("start {} in place of {}", step.function.str(), step.predecessor.str());
    case StepKind::switch_routes:
      return "switch to the new subscriptions";
    case StepKind::set_loggers:
      return "set the loggers";
    case StepKind::stop:
      return fmt::format("stop {}", step.function.str());
    case StepKind::commit:
      return "write group.json";
    case StepKind::remove_code:
      return fmt::format("remove the former code of {}", step.function.str());
  }
  return {};
}

std::string describe_undo(const PlanStep& step) {
  switch (step.kind) {
    case StepKind::start:
      return fmt::format("stop {}", step.function.str());
    case StepKind::replace:
      if (step.function == step.predecessor) return fmt::format("go back to the former {}", step.function.str());
      return fmt::format("stop {}, keep {}", step.function.str(), step.predecessor.str());
    case StepKind::switch_routes:
      return "keep the former subscriptions";
    case StepKind::set_loggers:
      return "keep the former loggers";
    case StepKind::stop:
      return fmt::format("keep {}", step.function.str());
    case StepKind::commit:
    case StepKind::remove_code:
      return {};
  }
  return {};
}

std::string DeploymentPlan::summary() const {
  if (changes_nothing()) return "nothing changes";
  std::vector<std::string> parts;
  if (!added.empty()) parts.push_back(fmt::format("{} added ({})", added.size(), list_names(added)));
  for (const FunctionChange& change : changed) parts.push_back(fmt::format("changed {}", describe_change(change)));
  if (!removed.empty()) parts.push_back(fmt::format("{} removed ({})", removed.size(), list_names(removed)));
  if (!unchanged.empty()) parts.push_back(fmt::format("{} unchanged", unchanged.size()));
  if (subscriptions_changed) parts.emplace_back("subscriptions changed");
  if (loggers_changed) parts.emplace_back("loggers changed");
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace fescue
