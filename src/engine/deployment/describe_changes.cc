// Comparing two groups kind by kind, pairing versions of one function, and the words for what was found.
#include "engine/deployment/describe_changes.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace fescue {

namespace {

struct FunctionChange {
  FunctionArn from, to;           // the same when only the configuration changed
  std::vector<std::string> what;  // "version", "code", "memory", ...
};

struct Changes {
  std::vector<FunctionArn> added, removed;
  std::vector<FunctionChange> changed;
  std::size_t unchanged = 0;
};

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

void compare_functions(Functions before, Functions after, Changes& changes) {
  for (auto wanted = after.begin(); wanted != after.end();) {
    const auto same = before.find(wanted->first);
    if (same == before.end()) {
      ++wanted;
      continue;
    }
    if (*same->second == *wanted->second) {
      ++changes.unchanged;
    } else {
      changes.changed.push_back({same->first, wanted->first, differences(*same->second, *wanted->second)});
    }
    before.erase(same);
    wanted = after.erase(wanted);
  }
  for (const auto& [arn, config] : after) {
    const auto predecessor = find_by_name(before, arn);
    if (predecessor == before.end()) {
      changes.added.push_back(arn);
      continue;
    }
    changes.changed.push_back({predecessor->first, arn, differences(*predecessor->second, *config)});
    before.erase(predecessor);
  }
  for (const auto& [arn, config] : before) changes.removed.push_back(arn);
}

/// Rows as a set: the ids are not looked at, since they name rows and route nothing.
auto rows_of(const Group* group) {
  std::set<std::tuple<Endpoint, TopicFilter, Endpoint>> rows;
  if (group == nullptr) return rows;
  for (const Subscription& row : group->subscriptions) rows.emplace(row.source, row.subject, row.target);
  return rows;
}

std::vector<LoggerConfig> loggers_of(const Group* group) {
  return group == nullptr ? std::vector<LoggerConfig>() : group->loggers;
}

/// What the group asks of parts of the core.
bool parts_differ(const Group* running, const Group& wanted) {
  static const Group kNone;
  const Group& before = running == nullptr ? kNone : *running;
  return before.system_functions != wanted.system_functions || before.sync_core_shadow != wanted.sync_core_shadow;
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

std::string describe_changes(const Group* running, const Group& wanted) {
  Changes changes;
  compare_functions(functions_of(running), functions_of(&wanted), changes);
  std::vector<std::string> parts;
  const auto add_list = [&](std::string_view verb, const std::vector<FunctionArn>& arns) {
    if (!arns.empty()) parts.push_back(fmt::format("{} {} ({})", arns.size(), verb, list_names(arns)));
  };
  const bool rows_changed = rows_of(running) != rows_of(&wanted),
             loggers_changed = loggers_of(running) != wanted.loggers, parts_changed = parts_differ(running, wanted);
  add_list("added", changes.added);
  for (const FunctionChange& change : changes.changed) {
    parts.push_back(fmt::format("changed {}", describe_change(change)));
  }
  add_list("removed", changes.removed);
  if (parts.empty() && !rows_changed && !loggers_changed && !parts_changed) return "nothing changes";
  if (changes.unchanged > 0) parts.push_back(fmt::format("{} unchanged", changes.unchanged));
  if (rows_changed) parts.emplace_back("subscriptions changed");
  if (loggers_changed) parts.emplace_back("loggers changed");
  if (parts_changed) parts.emplace_back("system functions changed");
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace fescue
