// A rehearsal: what a start of a function would do, tried when its group is deployed, so that a volume whose place
// cannot be had, or hides what the function runs with, fails the deployment and not the first call
// (docs/compatibility/resources.md#local-resources). It has the function's container, user and package. An interpreter
// is run with nothing to do; of an executable only is looked whether it could be run. No code of the function's is.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "functions/launch/launch_plan.h"
#include "sandbox/spec.h"
#include "sys/loop/asio.h"

namespace fescue {

using PlanPointer = std::shared_ptr<const LaunchPlan>;

/// Whether the plan is worth one: what the core itself cannot judge comes with volumes alone.
bool needs_rehearsal(const LaunchPlan& plan);

/// `runtimes` and `socket` as of container_spec(). Errors: what could not be opened.
Result<WorkerSpec> rehearsal_spec(const LaunchPlan& plan, const std::string& runtimes, const std::string& socket);

/// How a rehearsal ended; of one that did not start, why.
using RehearsalEnd = Result<WorkerExit>;

/// The error with which a deployment fails. None, too, when the end proves nothing about the function: it was killed,
/// took too long, or the host lacked something for the moment.
Result<void> judge_rehearsal(const LaunchPlan& plan, const RehearsalEnd& end);

/// Rehearses plans one after another. Lives on the loop's thread.
class Rehearsals {
 public:
  using Handler = std::function<void(const RehearsalEnd& end)>;
  using Done = std::function<void(Result<void> outcome)>;
  /// What starts one and what kills it: WorkerProcesses, or a test's own. The handler is never called from inside.
  struct Stage {
    std::function<Result<LaunchId>(const PlanPointer& plan, Handler handler)> start;
    std::function<void(LaunchId launch)> kill;
  };

  Rehearsals(asio::io_context& io, Stage stage) : io_(io), stage_(std::move(stage)) {}
  ~Rehearsals() { cancel(); }
  Rehearsals(const Rehearsals&) = delete;
  Rehearsals& operator=(const Rehearsals&) = delete;

  /// Calls `done` once, with the first failure; at once when there is nothing to rehearse. One that is not at its end
  /// within `timeout` is killed and proves nothing. One run at a time.
  void run(std::vector<PlanPointer> plans, Done done, std::chrono::milliseconds timeout = kRehearsalTimeout);

  /// `done` will not be called any more.
  void cancel();

  static constexpr std::chrono::seconds kRehearsalTimeout{10};

 private:
  struct Round;
  void next(const std::shared_ptr<Round>& round);
  void conclude(const std::shared_ptr<Round>& round, Result<void> outcome);

  asio::io_context& io_;
  Stage stage_;
  std::shared_ptr<Round> round_;
};

}  // namespace fescue
