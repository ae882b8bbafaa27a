// "It works from my shell and fails in the container": what a deployed function names that its container does not show,
// or that its user may not read. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/doctor/doctor.h"
#include "functions/launch/launch_plan.h"

namespace fescue::doctor {

/// What this host says about a path, for the user that a function runs as.
enum class PathState { absent, usable, unreadable };
using LookAtPath = std::function<PathState(const std::string& path, const LaunchPlan& plan)>;

/// What its runtime asks for and what it gets.
Finding judge_runtime(const LaunchPlan& plan);

/// The paths in its variables and arguments, held against the plan. One note that says how a container differs from a
/// shell comes with it.
Findings judge_function(const LaunchPlan& plan, const std::vector<std::string>& protected_directories,
                        const LookAtPath& look);

/// Functions without containers that share a user, each with its neighbours: what one can do to the other.
Findings judge_neighbours(const std::vector<LaunchPlan>& plans);

}  // namespace fescue::doctor
