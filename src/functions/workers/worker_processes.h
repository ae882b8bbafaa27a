// WorkerProcesses: the living workers as the system sees them: process, Unix socket, token and log pipes.
// It carries out starts and stops; when is decided by engine/lifecycle/.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/ports/worker_gateway.h"
#include "engine/ports/worker_sockets.h"
#include "functions/launch/launch_plan.h"
#include "functions/launch/launcher_client.h"
#include "functions/launch/worker_environment.h"
#include "functions/workers/exit_record.h"
#include "functions/workers/rehearsal.h"
#include "functions/workers/worker_log.h"

namespace fescue {

struct WorkerProcessesOptions {
  CoreConfig core;
  std::uint16_t ipc_port = 8000;
  std::string runtime_directory;
  std::optional<ProxySettings> proxy;
};

class WorkerProcesses {
 public:
  struct Events {
    /// The worker is gone, or could not be started. Never from inside a call.
    std::function<void(ExitRecord record)> gone;
    /// So is the launcher, and with it every worker; no event comes after this one.
    std::function<void(const Error& error)> lost;
  };

  WorkerProcesses(asio::io_context& io, WorkerProcessesOptions options, LauncherProcess launcher,
                  WorkerSockets& sockets, FunctionLogs& logs, Events events);
  /// Kills the workers that are left and keeps what they have printed.
  ~WorkerProcesses();

  /// An error means that there will be no event.
  Result<void> start(const WorkerId& worker, std::shared_ptr<const LaunchPlan> plan);
  void terminate(const WorkerId& worker);
  void kill(const WorkerId& worker, lifecycle::KillReason reason);

  /// What the source of a resource is, as the launcher sees it (LauncherClient::look).
  Result<void> look(const HostResource& resource, LauncherClient::LookHandler handler) {
    return launcher_->look(resource, std::move(handler));
  }

  /// Starts a rehearsal, which is no worker: nobody else is told of it. The handler is called once, unless the launcher
  /// is lost or this goes. kill_rehearsal() brings its end.
  Result<LaunchId> rehearse(const PlanPointer& plan, Rehearsals::Handler handler);
  void kill_rehearsal(LaunchId launch) { static_cast<void>(launcher_->kill(launch)); }

  // For the record of its end.
  void note_invocation(const WorkerId& worker, const InvocationId& id);
  void note_init_failure(const WorkerId& worker, std::string text);

  std::optional<WorkerIdentity> authenticate(std::string_view token) const;
  /// 0 until it has started.
  pid_t pid_of(const WorkerId& worker) const;

  /// Null when it has gone or could not be started.
  std::shared_ptr<WorkerOutput> output_of(const WorkerId& worker) const;

  std::uint64_t started() const { return started_; }
  std::uint64_t died() const { return died_; }
  std::uint64_t rehearsed() const { return rehearsals_; }

 private:
  struct Process {
    WorkerId id;
    FunctionArn function;
    LaunchId launch = 0;
    uid_t uid = 0;
    pid_t pid = 0;
    std::string token;
    std::shared_ptr<const LaunchPlan> plan;
    SteadyTime begun;
    WorkerHistory history;
    std::vector<InvocationId> invocations;  // the last kLastInvocations
    std::shared_ptr<WorkerOutput> output;
  };
  struct Rehearsed {
    WorkerId socket;  // that of its socket
    Rehearsals::Handler handler;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  LauncherEvents launcher_events();
  Result<WorkerSpec> make_spec(Process& process, const LaunchPlan& plan, const std::string& socket);
  Result<std::uint16_t> runtime_api_of(const Process& process, const LaunchPlan& plan);
  void on_started(LaunchId launch, pid_t pid);
  void on_start_failed(LaunchId launch, const Error& error);
  void on_exited(const WorkerExit& exit);
  void end_rehearsal(LaunchId launch, const RehearsalEnd& end);
  void report(const Process& process, const ExitRecord& record);
  std::unique_ptr<Process> take(LaunchId launch);
  Process* find(const WorkerId& worker) const;

  asio::io_context& io_;
  WorkerProcessesOptions options_;
  WorkerSockets& worker_sockets_;
  FunctionLogs& logs_;
  Events events_;
  LaunchId last_launch_ = 0;
  std::unordered_map<LaunchId, std::unique_ptr<Process>> processes_;
  std::unordered_map<LaunchId, Rehearsed> rehearsed_;
  std::unordered_map<WorkerId, Process*> by_id_;
  std::unordered_map<std::string, Process*, TextHash, std::equal_to<>> by_token_;
  std::vector<std::weak_ptr<WorkerOutput>> outputs_;
  std::uint64_t started_ = 0;
  std::uint64_t died_ = 0;
  std::uint64_t rehearsals_ = 0;
  std::unique_ptr<LauncherClient> launcher_;
};

}  // namespace fescue
