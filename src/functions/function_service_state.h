// The inside of FunctionService. Its parts: function_service.cc (the ports, the hot path), function_actions.cc (what
// the lifecycle decides is carried out) and function_activation.cc (groups come and go).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/fair_bound.h"
#include "engine/lifecycle/function_lifecycle.h"
#include "functions/function_service.h"
#include "functions/launch/launch_plan.h"
#include "functions/launch/source_lookup.h"
#include "functions/workers/id_source.h"
#include "functions/workers/rehearsal.h"
#include "functions/workers/worker_log.h"
#include "functions/workers/worker_processes.h"

namespace fescue {

/// Failed starts in a row after which a pinned function fails its activation: one beside its predecessor, one alone.
inline constexpr unsigned kTrialsOfActivation = 2;

/// Work that a worker has or will get.
struct AcceptedWork {
  FunctionArn caller;
  FunctionArn payer;  // on whom it counts
  InvocationType type = InvocationType::event;
  std::string client_context;
  Payload payload;
  ResultHandler done;  // may be empty
  LogTail log_tail;
  std::shared_ptr<WorkerOutput> output = {};  // of its worker, when the caller wants the tail
};

/// A function of a set, and how to start it or why that is impossible.
struct KnownFunction {
  FunctionConfig config;
  std::string code;
  Result<std::shared_ptr<const LaunchPlan>> plan;
};

/// Ends of workers that are kept, of all functions together.
inline constexpr std::size_t kKeptExits = 200;

using KnownFunctions = std::unordered_map<FunctionArn, KnownFunction>;

/// What becomes of a group with a function that does not start.
enum class OnFailure {
  refuse,  // it is an error, and the former set goes on
  keep,    // it is reported, and the set runs all the same: how a core starts its saved group
};

/// A change of the group that is under way.
struct Activation {
  lifecycle::Standing awaited = lifecycle::Standing::prepared;  // `serving`: the set runs already (restore)
  std::shared_ptr<const Group> group;
  GroupPart::Done done;  // empty once it was called: the set is prepared and waits for commit() or roll_back()
  std::optional<Error> failure;
};

struct FunctionService::State : std::enable_shared_from_this<FunctionService::State> {
  State(asio::io_context& io, FunctionServiceOptions options, LauncherProcess launcher, WorkerSockets& sockets,
        std::function<void(const Error&)> launcher_lost);

  // function_service.cc
  const KnownFunction* find(const FunctionArn& arn) const;
  const KnownFunction* resolve(const FunctionArn& target) const;
  /// `payer` is whoever caused it, if that is a function; else the function itself.
  Result<void> admit(const KnownFunction& function, const FunctionArn& payer, std::size_t payload_bytes) const;
  Result<void> submit(const KnownFunction& function, const FunctionArn& payer, Invocation invocation,
                      ResultHandler done);
  void finish(const InvocationId& id, InvocationResult result);
  void drop(const std::string& function, const Error& why);

  // function_actions.cc
  /// Carries out everything the lifecycle has decided, then sets the timer. Calls from inside return at once: the outer
  /// one goes on.
  void pump();
  void act(const lifecycle::Spawn& spawn);
  void act(const lifecycle::Give& give);
  void act(const lifecycle::Fail& fail);
  void act(const lifecycle::Terminate& terminate);
  void act(const lifecycle::Kill& kill);
  void act(const lifecycle::PinnedReady& ready);
  void act(const lifecycle::PinnedBusy& busy);
  void act(const lifecycle::PinnedDown& down);
  void set_timer();
  void worker_gone(ExitRecord record);
  /// The caller whose time is over learns how the worker ended too, if that is soon.
  void answer_with_exit(const lifecycle::Fail& fail);
  void answer_timed_out(const WorkerId& worker, const std::string& what_else);
  std::string with_suggestion(const lifecycle::PinnedDown& down) const;
  void not_started(const lifecycle::Spawn& spawn, const std::string& why);
  void lose_launcher(const Error& error);

  // function_activation.cc
  Result<std::shared_ptr<const LaunchPlan>> plan(const FunctionConfig& function, const std::string& code) const;
  Result<KnownFunctions> plan(const StagedGroup& staged, OnFailure on_failure) const;
  Result<void> open_code(const std::string& code) const;
  Result<void> open_prepared_code() const;
  void open_again(const FunctionArn& function) const;
  void begin(StagedGroup staged, OnFailure on_failure, GroupPart::Done done);
  void adopt_prepared();
  void commit();
  void roll_back();
  /// Whether `done` was called; likewise advance_deactivation().
  bool advance_activation();
  void deactivate(std::function<void()> done);
  bool advance_deactivation();
  void begin_planned(const StagedGroup& staged, OnFailure on_failure);
  void begin_prepared(const std::shared_ptr<const Group>& group, OnFailure on_failure);
  void rehearse_prepared(const std::shared_ptr<const Group>& group);
  /// prepare() or restore() ends before anything has begun.
  void refuse(Error why);
  std::vector<std::string> remarks() const;
  std::vector<std::string> warnings() const;

  asio::io_context& io;
  FunctionServiceOptions options;
  FunctionLifecycle lifecycle;
  FunctionLogs logs;
  LaunchRules rules;  // its search remembers what interpreters said of their versions
  std::unique_ptr<WorkerProcesses> processes;
  std::function<void(const Error&)> launcher_lost;

  KnownFunctions running;
  KnownFunctions prepared;  // the whole set of an activation that is under way
  std::unordered_map<InvocationId, AcceptedWork> accepted;
  FairBound<FunctionArn> held_bytes;
  std::unordered_map<WorkerId, WorkHandler> requests;  // an entry for each worker; empty while it does not ask
  struct TimedOut {
    InvocationId work;
    std::string message;
    std::unique_ptr<asio::steady_timer> timeout;
  };
  std::unordered_map<WorkerId, TimedOut> timed_out;  // their workers are being killed
  IdSource ids;
  FunctionCounters counters;
  std::deque<ExitRecord> exits;      // the newest kKeptExits that were not planned
  std::set<std::string> complained;  // about bad payloads, since the set was adopted

  SourceLookup lookup;
  Rehearsals rehearsals;
  GroupPart::Done looking;  // prepare()'s or restore()'s, until the group is planned and rehearsed
  std::optional<Activation> activation;
  std::vector<std::function<void()>> stopped;  // deactivate()'s, while workers end

  bool pumping = false;
  asio::steady_timer timer;
  std::optional<SteadyTime> timer_at;
};

}  // namespace fescue
