#include "lambda/launch_plan.h"

#include "lambda/worker_environment.h"

namespace fescue {

namespace {

/// The program, for every runtime that needs none but its package's.
Result<void> find_program(LaunchPlan& plan, const LaunchRules& rules) {
  FESCUE_TRY(kind, runtime_kind(plan.function.runtime));
  if (kind == RuntimeKind::executable) return check_executable(plan.code + "/" + plan.function.handler, plan.user);
  FESCUE_TRY(interpreter, find_interpreter(plan.function.runtime, rules.interpreters, plan.user));
  plan.interpreter = std::move(interpreter);
  return ok();
}

Result<void> fill(LaunchPlan& plan, const LaunchRules& rules) {
  FESCUE_CHECK(runtime_kind(plan.function.runtime));
  // Tries what every start will do: what it is started with does not matter here.
  FESCUE_CHECK(worker_command(plan.function, {.core = CoreConfig(), .places = WorkerPlaces()}));
  FESCUE_TRY(user, resolve_run_as(plan.function.run_as, rules.run_as));
  plan.user = user;
  plan.home = home_of(user.uid);
  return find_program(plan, rules);
}

}  // namespace

Result<LaunchPlan> plan_launch(const FunctionConfig& function, const std::string& code, const LaunchRules& rules) {
  LaunchPlan plan;
  plan.function = function;
  plan.code = code;
  const auto filled = fill(plan, rules);
  if (!filled) return filled.error().in(function.arn.str());
  return plan;
}

}  // namespace fescue
