// Paths in a function's settings, held against what its container shows and its user may read.
#include "core/doctor/functions.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text/paths.h"
#include "sandbox/container/dev.h"

namespace fescue::doctor {

namespace {

/// Absolute paths that a text consists of: "/a/b", "/a:/b", "--model=/a".
std::set<std::string> paths_in(std::string_view text) {
  std::set<std::string> out;
  constexpr std::string_view kSeparators = " \t\n:,;=\"'";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.size() < 2 || word.starts_with("//")) continue;  // what follows "http:"
    if (auto path = normal_path(word); path && *path != "/") out.insert(std::move(*path));
  }
  return out;
}

bool is_own(const std::string& path) {
  return is_within(path, kPackagePlace) || is_within(path, kRuntimesPlace) || path == kSocketPlace ||
         is_within(path, "/tmp") || is_within(path, "/proc");
}

/// In the /dev of every container.
bool is_given_device(const std::string& path) {
  const auto holds = [&](const std::string& name) { return is_within(path, "/dev/" + name); };
  return std::ranges::any_of(kDevNodes, holds) || std::ranges::any_of(kDevMounts, holds) ||
         std::ranges::any_of(kDevLinks, holds, [](const auto& link) { return link.first; });
}

/// Why a path of the host is not inside; empty when it is.
std::string why_hidden(const std::string& path, const LaunchPlan& plan,
                       const std::vector<std::string>& protected_directories) {
  const ContainerLayout& layout = *plan.container;
  const auto brings = [&](const LaidOutResource& resource) { return is_within(path, resource.destination); };
  if (is_own(path) || std::ranges::any_of(layout.resources, brings)) return "";
  if (is_within(path, "/sys") && !layout.sysfs) return "containers show /sys only with AccessSysfs";
  if (is_within(path, "/dev")) {
    return is_given_device(path) ? ""
                                 : "containers show only devices that are attached: make it a local device resource";
  }
  if (is_visible(path, protected_directories, layout)) return "";
  return "containers do not show homes and the core's own directory: attach it as a local volume resource";
}

}  // namespace

Finding judge_runtime(const LaunchPlan& plan) {
  const FunctionConfig& function = plan.function;
  const std::string name = fmt::format("{}:{}", function.arn.name(), function.arn.qualifier());
  if (plan.interpreter.empty()) {
    const std::string_view what = function.runtime == kExecutableRuntime ? function.handler : kBootstrap;
    return {"functions", Verdict::good, fmt::format("{} needs no interpreter: its package has {}", name, what)};
  }
  if (plan.stand_in.empty()) {
    return {"functions", Verdict::good,
            fmt::format("{} needs {} and gets {}", name, function.runtime, plan.interpreter)};
  }
  return {"functions", Verdict::warning,
          fmt::format("{} needs {} and gets {}: {}", name, function.runtime, plan.interpreter, plan.stand_in),
          fmt::format("install {}, or set FunctionRuntimeOverride in the group to a runtime that is here",
                      function.runtime)};
}

Findings judge_function(const LaunchPlan& plan, const std::vector<std::string>& protected_directories,
                        const LookAtPath& look) {
  const FunctionConfig& function = plan.function;
  const std::string name = fmt::format("{}:{}", function.arn.name(), function.arn.qualifier());
  std::vector<std::pair<std::string, std::string>> texts{{"ExecArgs", function.exec_args}};
  for (const auto& [variable, value] : function.environment) texts.emplace_back("the variable " + variable, value);
  Findings out;
  for (const auto& [where, text] : texts) {
    for (const std::string& path : paths_in(text)) {
      const PathState state = look(path, plan);
      if (state == PathState::absent && !plan.container) continue;
      const std::string hidden = plan.container ? why_hidden(path, plan, protected_directories) : "";
      if (!hidden.empty()) {
        out.push_back({"functions", Verdict::warning,
                       fmt::format("{}: {} names {}, which its container does not show", name, where, path), hidden});
      } else if (state == PathState::unreadable) {
        out.push_back({"functions", Verdict::warning,
                       fmt::format("{}: {} names {}, which uid {} gid {} may not read", name, where, path,
                                   plan.user.uid, plan.user.gid),
                       "chmod it, or let GroupOwnerSetting of a resource add its group"});
      }
    }
  }
  if (!plan.container) return out;
  out.push_back(
      {"functions", Verdict::note,
       fmt::format("{} runs in a container: as uid {} with none of your groups, variables and PATH; with {} KB "
                   "of memory; without homes, other people's /tmp, devices and /sys",
                   name, plan.user.uid, plan.limits.memory_kb),
       fmt::format("what works from your shell and fails there: see fescue status {0} and fescue logs {0} --why",
                   function.arn.name())});
  return out;
}

Findings judge_neighbours(const std::vector<LaunchPlan>& plans) {
  std::map<uid_t, std::vector<std::string>> without_container;
  for (const LaunchPlan& plan : plans) {
    if (!plan.container) without_container[plan.user.uid].emplace_back(plan.function.arn.name());
  }
  Findings out;
  for (const auto& [uid, names] : without_container) {
    if (names.size() < 2) continue;
    out.push_back({"functions", Verdict::note,
                   fmt::format("{} share uid {} without containers: each can read, call as, and end the others",
                               fmt::join(names, ", "), uid),
                   "give each a RunAs.Uid of its own, or a container, if they do not trust each other"});
  }
  return out;
}

}  // namespace fescue::doctor
