// FunctionService: groups come and go.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text/paths.h"
#include "functions/function_service_state.h"
#include "functions/launch/code_access.h"

namespace fescue {

using lifecycle::Standing;

namespace {

FunctionLogLimits log_limits_of(const Group& group) {
  const LoggerConfig* logger = file_logger(group, LogComponent::lambda);
  if (logger == nullptr) return {};
  return {logger->level, logger->space_kb * 1024};
}

/// A worker is told the group's log level in its environment, so another level makes it another function.
FunctionConfig with_log_level(FunctionConfig function, log::Level level) {
  function.environment.try_emplace("LOG_LEVEL", log::name_of(level));
  return function;
}

}  // namespace

Result<std::shared_ptr<const LaunchPlan>> FunctionService::State::plan(const FunctionConfig& function,
                                                                       const std::string& code) const {
  FESCUE_TRY(made, plan_launch(function, code, rules));
  return std::make_shared<const LaunchPlan>(std::move(made));
}

/// With `keep`, what cannot be planned stays in the set with its reason; else the first such thing is the error.
Result<KnownFunctions> FunctionService::State::plan(const StagedGroup& staged, OnFailure on_failure) const {
  if (on_failure == OnFailure::refuse) FESCUE_CHECK(check_root_functions(staged.group->functions, rules.run_as));
  const log::Level level = log_limits_of(*staged.group).level;
  KnownFunctions functions;
  for (const FunctionConfig& given : staged.group->functions) {
    const FunctionConfig config = with_log_level(given, level);
    const auto code = staged.code.find(config.arn);
    auto planned = code != staged.code.end()
                       ? plan(config, code->second)
                       : Error(Code::not_found, fmt::format("{}: its package is not here", config.arn.str()));
    if (!planned && on_failure == OnFailure::refuse) return planned.error();
    functions.insert_or_assign(
        config.arn, KnownFunction{config, code == staged.code.end() ? "" : code->second, std::move(planned)});
  }
  return functions;
}

/// Also to those who run it until the prepared set takes over.
Result<void> FunctionService::State::open_code(const std::string& code) const {
  if (options.code_directory.empty() || !is_within(code, options.code_directory)) return ok();
  std::set<uid_t> users;
  for (const KnownFunctions* functions : {&running, &prepared}) {
    for (const auto& [arn, function] : *functions) {
      if (function.plan && function.code == code) users.insert((*function.plan)->user.uid);
    }
  }
  FESCUE_TRY(readers, open_code_to(code, users));
  if (readers == CodeReaders::everybody) {
    log::warn("Every user of this machine can read this code: its file system keeps no access lists.",
              {{"code", code}});
  }
  return ok();
}

/// A package that cannot be opened does not keep the others closed. The error is the last one's.
Result<void> FunctionService::State::open_prepared_code() const {
  std::set<std::string> packages;
  for (const auto& [arn, function] : prepared) {
    if (function.plan) packages.insert(function.code);
  }
  Result<void> outcome = ok();
  for (const std::string& code : packages) {
    if (auto opened = open_code(code); !opened) outcome = std::move(opened);
  }
  return outcome;
}

/// After a start that failed: the package may be a new one, fetched in place of one that was gone.
void FunctionService::State::open_again(const FunctionArn& function) const {
  const auto found = running.find(function);
  if (found == running.end()) return;
  const auto opened = open_code(found->second.code);
  if (opened || opened.error().code() == Code::not_found) return;  // it is still gone, as the failed start has said
  log::warn("Cannot open a package to its functions.", {{"errorString", opened.error().message()}});
}

void FunctionService::State::begin(StagedGroup staged, OnFailure on_failure, GroupPart::Done done) {
  if (activation || looking || !stopped.empty()) {
    return done(Error(Code::conflict, "another change of the group is under way"));
  }
  looking = std::move(done);
  const std::shared_ptr<const Group> group = staged.group;
  lookup.find(*group, [this, staged = std::move(staged), on_failure](HiddenSources found) {
    rules.hidden = std::move(found);
    begin_planned(staged, on_failure);
  });
}

void FunctionService::State::begin_planned(const StagedGroup& staged, OnFailure on_failure) {
  auto functions = plan(staged, on_failure);
  if (!functions) return refuse(functions.error());
  prepared = std::move(*functions);
  if (const auto opened = open_prepared_code(); !opened && on_failure == OnFailure::refuse) {
    return refuse(opened.error());
  } else if (!opened) {
    log::error("Functions may be unable to read their code.", {{"errorString", opened.error().message()}});
  }
  on_failure == OnFailure::refuse ? rehearse_prepared(staged.group) : begin_prepared(staged.group, on_failure);
}

void FunctionService::State::refuse(Error why) {
  prepared.clear();
  std::exchange(looking, {})(std::move(why));
}

void FunctionService::State::rehearse_prepared(const std::shared_ptr<const Group>& group) {
  std::vector<PlanPointer> plans;
  for (const auto& [arn, function] : prepared) {
    if (needs_rehearsal(**function.plan)) plans.push_back(*function.plan);
  }
  rehearsals.run(std::move(plans), [this, group](const Result<void>& outcome) {
    outcome ? begin_prepared(group, OnFailure::refuse) : refuse(outcome.error());
  });
}

void FunctionService::State::begin_prepared(const std::shared_ptr<const Group>& group, OnFailure on_failure) {
  activation = Activation{Standing::prepared, group, std::exchange(looking, {}), {}};
  std::vector<FunctionConfig> set;
  for (const auto& [arn, function] : prepared) set.push_back(function.config);
  lifecycle.prepare(set, steady_now());
  if (on_failure == OnFailure::keep) {
    const auto broken = std::ranges::find_if(prepared, [](const auto& entry) { return !entry.second.plan; });
    if (broken != prepared.end()) activation->failure = broken->second.plan.error();
    activation->awaited = Standing::serving;
    adopt_prepared();
  }
  pump();
}

/// The prepared set becomes the running one.
void FunctionService::State::adopt_prepared() {
  lifecycle.commit(steady_now());
  const std::vector<std::string> known = warnings();
  running = std::exchange(prepared, {});
  for (const std::string& warning : warnings()) {
    if (std::ranges::find(known, warning) == known.end()) log::warn(warning);
  }
  logs.set_limits(log_limits_of(*activation->group));
  complained.clear();
}

void FunctionService::State::commit() {
  FESCUE_ASSERT(activation && !activation->done);
  adopt_prepared();
  activation.reset();
  pump();
}

void FunctionService::State::roll_back() {
  if (!activation) return;
  lifecycle.roll_back(steady_now());
  prepared.clear();
  activation.reset();
  pump();
}

bool FunctionService::State::advance_activation() {
  if (!activation || !activation->done) return false;
  if (!activation->failure && !lifecycle.all_pinned_ready(activation->awaited)) return false;
  const GroupPart::Done done = std::exchange(activation->done, {});
  Result<void> outcome = activation->failure ? Result<void>(*activation->failure) : ok();
  if (activation->awaited == Standing::serving) {
    activation.reset();  // it runs already
  } else if (!outcome) {
    roll_back();
  }
  done(std::move(outcome));
  return true;
}

void FunctionService::State::deactivate(std::function<void()> done) {
  stopped.push_back(std::move(done));
  lifecycle.stop(steady_now());
  lookup.cancel();
  rehearsals.cancel();
  if (const auto cancelled = std::exchange(looking, {})) {
    cancelled(Error(Code::cancelled, "the functions are being stopped"));
  }
  if (const auto cancelled = std::exchange(activation, std::nullopt); cancelled && cancelled->done) {
    cancelled->done(Error(Code::cancelled, "the functions are being stopped"));
  }
  pump();
}

bool FunctionService::State::advance_deactivation() {
  if (stopped.empty() || lifecycle.worker_count() > 0) return false;
  running.clear();
  prepared.clear();
  for (const auto& done : std::exchange(stopped, {})) done();
  return true;
}

std::vector<std::string> FunctionService::State::remarks() const {
  std::vector<std::string> texts;
  for (const auto& [arn, function] : running) {
    if (!function.plan) continue;
    for (const std::string& remark : (*function.plan)->remarks) {
      texts.push_back(fmt::format("{}: {}", arn.str(), remark));
    }
  }
  std::ranges::sort(texts);
  return texts;
}

std::vector<std::string> FunctionService::State::warnings() const {
  std::vector<std::string> texts;
  for (const auto& [arn, function] : running) {
    if (!function.plan) continue;
    for (const std::string& note : (*function.plan)->notes) texts.push_back(fmt::format("{}: {}", arn.str(), note));
  }
  std::ranges::sort(texts);
  return texts;
}

}  // namespace fescue
