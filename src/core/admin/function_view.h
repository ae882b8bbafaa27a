// What one function gets of the machine and how its workers ended, as one value for `fescue status FUNCTION`: mounts,
// devices, ids, groups, limits. Pure. Members of the JSON are only ever added.
#pragma once

#include <string>
#include <vector>

#include "functions/launch/launch_plan.h"
#include "functions/workers/exit_record.h"

namespace fescue {

struct FunctionView {
  FunctionArn arn;
  Result<LaunchPlan> plan;  // or why it cannot be started
  std::vector<ExitRecord> exits;
};

std::string to_json(const FunctionView& view);

}  // namespace fescue
