// LaunchPlan: all that can be found out about starting a function before its first worker starts. Made when a group is
// activated, so that a missing interpreter or account fails the deployment and not the first call.
#pragma once

#include <string>

#include "base/result.h"
#include "lambda/interpreters.h"
#include "lambda/run_as.h"
#include "model/group.h"

namespace fescue {

struct LaunchPlan {
  FunctionConfig function;
  std::string code;  // the unpacked package
  UserIds user;
  std::string home;
  std::string interpreter;  // empty for executables
};

struct LaunchRules {
  InterpreterSearch interpreters;
  RunAsRules run_as;
};

/// Errors name the function and what to do about it.
Result<LaunchPlan> plan_launch(const FunctionConfig& function, const std::string& code, const LaunchRules& rules);

}  // namespace fescue
