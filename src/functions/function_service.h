// FunctionService: the functions of the core. It holds the payloads and the waiting callers, carries out what
// engine/lifecycle/function_lifecycle.h decides (processes through LauncherClient, sockets through WorkerSockets, one
// timer), and keeps the functions' log files.
//
// submit / deliver -> lifecycle -> next_work's handler -> the worker -> post_result -> the caller's `done`.
//
// Everything runs on the loop's thread. Handlers may call back into the service.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "engine/lifecycle/lifecycle_types.h"
#include "engine/ports/group_part.h"
#include "engine/ports/invoker.h"
#include "engine/ports/message_target.h"
#include "engine/ports/status_source.h"
#include "engine/ports/worker_gateway.h"
#include "engine/ports/worker_sockets.h"
#include "functions/launch/launch_plan.h"
#include "functions/launch/launcher_client.h"
#include "functions/launch/worker_environment.h"
#include "functions/workers/exit_record.h"
#include "functions/workers/worker_log.h"
#include "model/core_config.h"
#include "model/group.h"
#include "sys/loop/asio.h"

namespace fescue {

struct FunctionServiceOptions {
  CoreConfig config;
  std::uint16_t ipc_port = 8000;   // where the IPC edge really listens
  std::string runtime_directory;   // ROOT/ggc/core/runtime: python/ nodejs/ java8/ executable/
  std::string user_log_directory;  // ROOT/ggc/var/log/user
  /// Holds deployed packages, which the core owns: each is then for the users of its functions alone (code_access.h).
  /// Code that is elsewhere is left as it is.
  std::string code_directory{};
  LifecycleLimits limits;  // limits_of(config), or a test's own
  /// Payloads of unfinished work. Half as much again is in reserve, for those on whom no more than an eighth of this
  /// counts (base/fair_bound.h).
  std::size_t max_held_bytes = 64 * 1024 * 1024;
  LauncherPolicy policy{};  // what the launcher was started with
  std::optional<ProxySettings> proxy{};
  LogSink log_sink{};  // takes what functions print in place of their files
};

/// The limits that V1's configuration names, the rest as documented.
LifecycleLimits limits_of(const CoreConfig& config);

/// Ever-growing counts, by cause; telemetry and `status` read them.
struct FunctionCounters {
  std::uint64_t invocations = 0;   // accepted
  std::uint64_t refused = 0;       // queue full
  std::uint64_t bad_payloads = 0;  // not JSON for a JSON function
  std::uint64_t timeouts = 0;
  std::uint64_t dropped_events = 0;  // accepted events that no worker finished
  std::uint64_t failed_calls = 0;    // callers told Unhandled
  std::uint64_t workers_started = 0;
  std::uint64_t workers_rehearsed = 0;
  std::uint64_t workers_died = 0;  // not by our decision
  std::size_t work_items = 0;      // now: accepted and not finished
  std::size_t work_bytes = 0;      // now: of their payloads
};

class FunctionService final : public GroupPart,
                              public Invoker,
                              public MessageTarget,
                              public WorkerGateway,
                              public StatusSource {
 public:
  /// `launcher_lost` is called when the launcher is gone and with it every worker: the core has to end.
  FunctionService(asio::io_context& io, FunctionServiceOptions options, LauncherProcess launcher,
                  WorkerSockets& sockets, std::function<void(const Error&)> launcher_lost);
  /// Kills the workers that are left.
  ~FunctionService() override;

  // GroupPart. A set is prepared when every new or changed pinned function is initialised beside the old set, which
  // serves meanwhile; the error is the first that is not (its message names function and cause), or conflict while
  // another change is under way. A restored set takes work as soon as restore() returns, also for what does not start,
  // or a little later when the launcher has to be asked about sources of resources.
  void prepare(StagedGroup staged, Done done) override;
  void commit() override;
  void roll_back() override;
  void restore(StagedGroup staged, Done done) override;
  /// Fails all work and stops every worker; `done` when the last is gone.
  void deactivate(std::function<void()> done) override;
  /// Interpreters that stand in for others, and memory that is not what the group says.
  std::vector<std::string> remarks() const override;

  // Invoker, for function targets.
  Result<void> submit(Invocation invocation, ResultHandler done) override;

  // MessageTarget: a message for a function is an event whose context names the topic.
  bool has_room(const Endpoint& target, const Message& message) const override;
  void deliver(const Endpoint& target, const Message& message) override;

  // WorkerGateway.
  std::optional<WorkerIdentity> authenticate(std::string_view token) const override;
  void next_work(const WorkerId& worker, WorkHandler handler) override;
  void forget_request(const WorkerId& worker) override;
  void return_work(const WorkerId& worker, const InvocationId& id) override;
  Result<void> post_result(const WorkerId& worker, const InvocationId& id, InvocationResult result) override;
  void post_initialized(const WorkerId& worker, std::optional<std::string> failure) override;
  void note_call(const WorkerId& worker) override;
  std::vector<WorkerStatus> workers() const override;
  bool is_deployed(const FunctionArn& function) const override;

  /// A line for the function's log file that did not come through its pipes (V1's old log intake).
  void log_line(const FunctionArn& function, log::Level level, std::string_view text);

  // StatusSource (function_status.h). Warnings are e.g. functions that asked for a container and run without, or that
  // keep failing.
  void add_status(boost::json::object& status) const override;
  void add_metrics(MetricsText& out) const override;
  std::vector<std::string> warnings() const override;

  /// The functions of the running set.
  std::vector<FunctionArn> deployed() const;
  /// What runs, waits and fails, by function, also of a set that is on its way.
  std::vector<FunctionReport> functions() const;
  FunctionCounters counters() const;
  /// The last ends of its workers that were not planned, newest last.
  std::vector<ExitRecord> exits(const FunctionArn& function) const;
  /// How its workers are started, or why they cannot be; absent when it is not deployed.
  std::optional<Result<LaunchPlan>> plan_of(const FunctionArn& function) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fescue
