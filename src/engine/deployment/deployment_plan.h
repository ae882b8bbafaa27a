// Pure: what a deployment changes. The difference between the group that runs and the one that shall run, as lists, as
// a sentence for the log, and as ordered steps with what undoes each.
//
// Functions are told apart by their qualified ARN. What is left after that is paired by the name without the version,
// so that Echo:3 giving way to Echo:4 is one change and not a removal and an addition.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/group.h"

namespace fescue {

struct FunctionChange {
  FunctionArn from, to;           // the same when only the configuration changed
  std::vector<std::string> what;  // "version", "code", "memory", ...; names only, values may be secrets
  friend bool operator==(const FunctionChange&, const FunctionChange&) = default;
};

enum class StepKind {
  start,          // a new function
  replace,        // a changed one, beside its predecessor, which serves until it is ready
  switch_routes,  // subscriptions
  set_loggers,
  stop,        // a function that is gone
  commit,      // group.json; nothing after it is undone
  remove_code  // of a version that is no longer used
};

struct PlanStep {
  StepKind kind;
  FunctionArn function = {};     // started, stopped, or whose code goes
  FunctionArn predecessor = {};  // of a replacement
  friend bool operator==(const PlanStep&, const PlanStep&) = default;
};

/// "start arn:...:Echo:4 in place of arn:...:Echo:3"
std::string describe(const PlanStep& step);
/// "stop arn:...:Echo:4, keep arn:...:Echo:3"; empty when there is nothing to undo.
std::string describe_undo(const PlanStep& step);

struct DeploymentPlan {
  std::vector<FunctionArn> added, removed, unchanged;
  std::vector<FunctionChange> changed;
  bool subscriptions_changed = false;  // the order of rows does not count
  bool loggers_changed = false;
  std::vector<PlanStep> steps;

  bool changes_nothing() const {
    return added.empty() && removed.empty() && changed.empty() && !subscriptions_changed && !loggers_changed;
  }
  /// "2 functions added (A:1, B:1), 1 changed (Echo:3 to Echo:4: version, code), subscriptions changed"
  std::string summary() const;
};

/// `running` is null when nothing is deployed.
DeploymentPlan plan_deployment(const Group* running, const Group& wanted);

}  // namespace fescue
