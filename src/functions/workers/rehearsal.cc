// What is started for a rehearsal, what its end means, and one after another.
#include "functions/workers/rehearsal.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"
#include "base/text/paths.h"
#include "functions/launch/worker_environment.h"

namespace fescue {

namespace {

/// Enough for every interpreter to begin: how much the function has is not what is tried.
constexpr std::uint64_t kRehearsalMemoryKb = 512 * 1024;

/// Starts the interpreter with its libraries, and ends it. Nothing is read of the package or the environment.
std::vector<std::string> idle_arguments(RuntimeKind kind) {
  if (kind == RuntimeKind::python) return {"-E", "-s", "-c", ""};
  if (kind == RuntimeKind::nodejs) return {"--version"};
  return {"-version"};
}

std::string program_of(const LaunchPlan& plan) {
  if (!plan.interpreter.empty()) return plan.interpreter;
  const bool is_custom = runtime_kind(plan.function.runtime) == RuntimeKind::custom;
  return fmt::format("{}/{}", kPackagePlace, is_custom ? std::string(kBootstrap) : plan.function.handler);
}

/// "SOURCE at DESTINATION, ...": those that show something else than the host has there.
std::string what_may_hide(const LaunchPlan& plan) {
  std::vector<std::string> suspects;
  for (const LaidOutResource& resource : plan.container->resources) {
    if (resource.source == resource.place) continue;
    suspects.push_back(fmt::format("{} at {}", resource.source, resource.destination));
  }
  return fmt::format("{}", fmt::join(suspects, ", "));
}

bool proves_nothing(const Error& error) {
  constexpr Code kPassing[] = {Code::timeout, Code::resource_exhausted, Code::unavailable, Code::cancelled};
  return std::ranges::find(kPassing, error.code()) != std::end(kPassing);
}

Error hidden(const LaunchPlan& plan, Code code, const std::string& what_happened) {
  return Error(code, fmt::format("group config is invalid: {}; does a volume hide what the function runs with? ({})",
                                 what_happened, what_may_hide(plan)));
}

Error judge_failure(const LaunchPlan& plan, const Error& error) {
  const bool is_about_program = error.message().starts_with("run ");
  return is_about_program ? hidden(plan, error.code(), error.message()) : error.in("group config is invalid");
}

}  // namespace

bool needs_rehearsal(const LaunchPlan& plan) {
  return plan.container && std::ranges::any_of(plan.container->resources, [](const LaidOutResource& resource) {
           return resource.kind == HostResource::Kind::volume;
         });
}

Result<WorkerSpec> rehearsal_spec(const LaunchPlan& plan, const std::string& runtimes, const std::string& socket) {
  FESCUE_TRY(kind, runtime_kind(plan.function.runtime));
  WorkerSpec spec;
  spec.uid = plan.user.uid;
  spec.gid = plan.user.gid;
  spec.groups = plan.container->groups;
  spec.program = program_of(plan);
  spec.arguments = {spec.program};
  spec.rehearsal = Rehearsal(plan.interpreter.empty());
  if (!spec.rehearsal) {
    const auto idle = idle_arguments(kind);
    spec.arguments.insert(spec.arguments.end(), idle.begin(), idle.end());
  }
  spec.environment = {"HOME=" + plan.home, "PATH=" + std::string(kWorkerPath)};
  spec.limits = plan.limits;
  spec.limits.memory_kb = std::max(spec.limits.memory_kb, kRehearsalMemoryKb);
  FESCUE_TRY(container, container_spec(*plan.container, plan.code, runtimes, socket));
  spec.container = std::move(container);
  spec.working_directory = Fd(::open(plan.code.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!spec.working_directory) return errno_error("open the package " + plan.code);
  for (Fd& output : spec.outputs) {
    output = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!output) return errno_error("open /dev/null");
  }
  return spec;
}

Result<void> judge_rehearsal(const LaunchPlan& plan, const RehearsalEnd& end) {
  const std::string arn = plan.function.arn.str();
  if (!end && proves_nothing(end.error())) return ok();
  if (!end) return judge_failure(plan, end.error()).in(arn);
  const bool fell = end->cause == ExitCause::signalled || (end->cause == ExitCause::exited && end->exit_code != 0);
  if (!fell) return ok();
  return hidden(plan, Code::conflict, fmt::format("{} does not start ({})", program_of(plan), how_it_ended(*end)))
      .in(arn);
}

struct Rehearsals::Round {
  explicit Round(asio::io_context& io) : timer(io) {}

  std::vector<PlanPointer> left;  // the next one last
  Done done;                      // empty once it is over
  std::chrono::milliseconds timeout{};
  asio::steady_timer timer;
};

void Rehearsals::cancel() {
  if (const auto round = std::exchange(round_, nullptr)) {
    round->done = {};
    round->timer.cancel();
  }
}

void Rehearsals::run(std::vector<PlanPointer> plans, Done done, std::chrono::milliseconds timeout) {
  const auto round = std::make_shared<Round>(io_);
  std::ranges::reverse(plans);
  round->left = std::move(plans);
  round->done = std::move(done);
  round->timeout = timeout;
  round_ = round;
  next(round);
}

void Rehearsals::next(const std::shared_ptr<Round>& round) {
  if (round->left.empty()) return conclude(round, ok());
  const PlanPointer plan = std::move(round->left.back());
  round->left.pop_back();
  const auto launch = stage_.start(plan, [this, round, plan](const RehearsalEnd& end) {
    if (!round->done) return;  // cancelled
    round->timer.cancel();
    const auto judged = judge_rehearsal(*plan, end);
    judged ? next(round) : conclude(round, judged.error());
  });
  if (!launch) return conclude(round, launch.error().in(plan->function.arn.str()));
  round->timer.expires_after(round->timeout);
  round->timer.async_wait([this, round, plan, launch = *launch](error_code error) {
    if (error || !round->done) return;
    log::warn("Whether a function can start is not known: its trial takes too long.",
              {{"functionArn", plan->function.arn.str()}});
    stage_.kill(launch);
  });
}

void Rehearsals::conclude(const std::shared_ptr<Round>& round, Result<void> outcome) {
  round->timer.cancel();
  if (const Done call = std::exchange(round->done, {})) call(std::move(outcome));
}

}  // namespace fescue
