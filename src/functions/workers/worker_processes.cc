// Starting a worker (token, socket, pipes, launcher), knowing it while it lives, and what is done with its exit.
#include "functions/workers/worker_processes.h"

#include <fcntl.h>

#include <csignal>

#include <fmt/format.h>

#include "base/random.h"
#include "functions/launch/java_command.h"
#include "functions/workers/worker_cgroup.h"

namespace fescue {

WorkerProcesses::WorkerProcesses(asio::io_context& io, WorkerProcessesOptions options, LauncherProcess launcher,
                                 WorkerSockets& sockets, FunctionLogs& logs, Events events)
    : io_(io),
      options_(std::move(options)),
      worker_sockets_(sockets),
      logs_(logs),
      events_(std::move(events)),
      launcher_(std::make_unique<LauncherClient>(io, std::move(launcher), launcher_events())) {}

WorkerProcesses::~WorkerProcesses() {
  launcher_.reset();
  for (const auto& waiting : outputs_) {
    if (const auto output = waiting.lock()) output->drain();
  }
  for (const auto& [launch, process] : processes_) worker_sockets_.close(process->id);
  for (const auto& [launch, rehearsed] : rehearsed_) worker_sockets_.close(rehearsed.socket);
}

LauncherEvents WorkerProcesses::launcher_events() {
  return {
      .started = [this](LaunchId launch, pid_t pid) { on_started(launch, pid); },
      .start_failed = [this](LaunchId launch, const Error& error) { on_start_failed(launch, error); },
      .exited = [this](const WorkerExit& exit) { on_exited(exit); },
      .lost = [this](const Error& error) { events_.lost(error); },
  };
}

Result<void> WorkerProcesses::start(const WorkerId& worker, std::shared_ptr<const LaunchPlan> plan) {
  auto process = std::make_unique<Process>();
  process->id = worker;
  process->function = plan->function.arn;
  process->launch = ++last_launch_;
  process->uid = plan->user.uid;
  process->begun = steady_now();
  process->plan = std::move(plan);
  process->token = new_worker_token();
  FESCUE_TRY(socket, worker_sockets_.open(worker, process->uid));
  auto spec = make_spec(*process, *process->plan, socket);
  const Result<void> asked = spec ? launcher_->start(std::move(*spec)) : Result<void>(spec.error());
  if (!asked) {
    worker_sockets_.close(worker);
    return asked.error();
  }
  by_id_[worker] = process.get();
  by_token_[process->token] = process.get();
  processes_[process->launch] = std::move(process);
  return ok();
}

Result<WorkerSpec> WorkerProcesses::make_spec(Process& process, const LaunchPlan& plan, const std::string& socket) {
  WorkerPlaces places{plan.code, options_.runtime_directory, socket, plan.home};
  if (plan.container) {
    places.package = kPackagePlace;
    places.runtimes = kRuntimesPlace;
    places.ipc_socket = kSocketPlace;
  }
  FESCUE_TRY(api_port, runtime_api_of(process, plan));
  WorkerSettings settings{options_.core,        places,         plan.interpreter, process.token, options_.ipc_port,
                          logs_.limits().level, options_.proxy, api_port};
  if (runtime_kind(plan.function.runtime) == RuntimeKind::java) {
    settings.class_archive = class_archive(options_.runtime_directory, plan.interpreter);
  }
  FESCUE_TRY(command, worker_command(plan.function, settings));
  WorkerSpec spec;
  spec.id = process.launch;
  spec.uid = plan.user.uid;
  spec.gid = plan.user.gid;
  spec.program = std::move(command.program);
  spec.arguments = std::move(command.arguments);
  spec.environment = std::move(command.environment);
  spec.limits = plan.limits;
  spec.connection_place = command.connection;
  if (command.connection != ConnectionPlace::none) {
    FESCUE_TRY(connection, worker_sockets_.connect(process.id));
    spec.connection = std::move(connection);
  }
  if (plan.container) {
    spec.groups = plan.container->groups;
    FESCUE_TRY(container, container_spec(*plan.container, plan.code, options_.runtime_directory, socket));
    spec.container = std::move(container);
  }
  spec.working_directory = Fd(::open(plan.code.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!spec.working_directory) return errno_error("open the package " + plan.code);
  FESCUE_TRY(made, WorkerOutput::make(io_, logs_.of(plan.function.arn)));
  spec.outputs = std::move(made.write_ends);
  made.output->start();
  process.output = made.output;
  std::erase_if(outputs_, [](const auto& output) { return output.expired(); });
  outputs_.push_back(made.output);
  return spec;
}

/// Opened for custom runtimes; else 0.
Result<std::uint16_t> WorkerProcesses::runtime_api_of(const Process& process, const LaunchPlan& plan) {
  if (runtime_kind(plan.function.runtime) != RuntimeKind::custom) return std::uint16_t{0};
  return worker_sockets_.open_runtime_api({process.id, process.function, plan.function.timeout});
}

Result<LaunchId> WorkerProcesses::rehearse(const PlanPointer& plan, Rehearsals::Handler handler) {
  const WorkerId id(random_uuid());
  const LaunchId launch = ++last_launch_;
  FESCUE_TRY(socket, worker_sockets_.open(id, plan->user.uid));
  auto spec = rehearsal_spec(*plan, options_.runtime_directory, socket);
  if (spec) spec->id = launch;
  const Result<void> asked = spec ? launcher_->start(std::move(*spec)) : Result<void>(spec.error());
  if (!asked) {
    worker_sockets_.close(id);
    return asked.error();
  }
  rehearsed_[launch] = {id, std::move(handler)};
  ++rehearsals_;
  return launch;
}

void WorkerProcesses::end_rehearsal(LaunchId launch, const RehearsalEnd& end) {
  const auto rehearsed = rehearsed_.extract(launch);
  if (rehearsed.empty()) return;
  worker_sockets_.close(rehearsed.mapped().socket);
  rehearsed.mapped().handler(end);
}

void WorkerProcesses::terminate(const WorkerId& worker) {
  Process* process = find(worker);
  if (!process) return;
  process->history.told_to_stop = true;
  static_cast<void>(launcher_->signal(process->launch, SIGTERM));  // without a launcher it is dead anyway
}

void WorkerProcesses::kill(const WorkerId& worker, lifecycle::KillReason reason) {
  Process* process = find(worker);
  if (!process) return;
  process->history.killed = reason;
  static_cast<void>(launcher_->kill(process->launch));
}

void WorkerProcesses::note_invocation(const WorkerId& worker, const InvocationId& id) {
  Process* process = find(worker);
  if (!process) return;
  if (process->invocations.size() == kLastInvocations) process->invocations.erase(process->invocations.begin());
  process->invocations.push_back(id);
}

void WorkerProcesses::note_init_failure(const WorkerId& worker, std::string text) {
  if (Process* process = find(worker)) process->history.init_failure = std::move(text);
}

std::optional<WorkerIdentity> WorkerProcesses::authenticate(std::string_view token) const {
  const auto found = by_token_.find(token);
  if (found == by_token_.end()) return std::nullopt;
  const Process& process = *found->second;
  return WorkerIdentity{process.id, process.function, process.uid};
}

pid_t WorkerProcesses::pid_of(const WorkerId& worker) const {
  const Process* process = find(worker);
  return process ? process->pid : 0;
}

std::shared_ptr<WorkerOutput> WorkerProcesses::output_of(const WorkerId& worker) const {
  const Process* process = find(worker);
  return process ? process->output : nullptr;
}

WorkerProcesses::Process* WorkerProcesses::find(const WorkerId& worker) const {
  const auto found = by_id_.find(worker);
  return found == by_id_.end() ? nullptr : found->second;
}

// News from the launcher.

std::unique_ptr<WorkerProcesses::Process> WorkerProcesses::take(LaunchId launch) {
  const auto node = processes_.extract(launch);
  if (node.empty()) return nullptr;
  std::unique_ptr<Process> process = std::move(node.mapped());
  by_id_.erase(process->id);
  by_token_.erase(process->token);
  worker_sockets_.close(process->id);
  return process;
}

void WorkerProcesses::on_started(LaunchId launch, pid_t pid) {
  const auto found = processes_.find(launch);
  if (found == processes_.end()) return;
  Process& process = *found->second;
  process.pid = pid;
  if (runtime_kind(process.plan->function.runtime) == RuntimeKind::custom)
    worker_sockets_.admit(process.id, own_cgroup(pid));
  ++started_;
  log::info("Created worker.", {{"functionArn", process.function.str()}, {"workerId", process.id.str()}, {"pid", pid}});
}

void WorkerProcesses::on_start_failed(LaunchId launch, const Error& error) {
  const auto process = take(launch);
  if (!process) return end_rehearsal(launch, error);
  log::error(
      "Cannot create worker.",
      {{"functionArn", process->function.str()}, {"workerId", process->id.str()}, {"errorString", error.message()}});
  ExitRecord record;
  record.worker = process->id;
  record.function = process->function;
  record.time = wall_now();
  record.cause = EndCause::not_started;
  record.text = "it could not be started: " + error.message();
  events_.gone(std::move(record));
}

void WorkerProcesses::on_exited(const WorkerExit& exit) {
  const auto process = take(exit.id);
  if (!process) return end_rehearsal(exit.id, exit);
  ExitRecord record;
  record.worker = process->id;
  record.function = process->function;
  record.pid = process->pid;
  record.time = wall_now();
  record.lived = std::chrono::duration_cast<std::chrono::milliseconds>(steady_now() - process->begun);
  record.exit = exit;
  record.invocations = std::move(process->invocations);
  if (process->output) record.output = process->output->last_lines();
  judge(record, process->history, process->plan->function);
  report(*process, record);
  events_.gone(std::move(record));
}

void WorkerProcesses::report(const Process& process, const ExitRecord& record) {
  const WorkerExit& exit = record.exit;
  const bool is_contained = process.plan->container.has_value();
  const std::string peak = std::to_string(exit.peak_memory_kb);
  log::info(is_contained ? "Worker Memory Usage (KB)." : "Worker Max Memory Usage (KB): " + peak,
            {{"workerId", process.id.str()}, {"funcArn", process.function.str()}, {"memUsed", exit.peak_memory_kb}});
  if (record.cause == EndCause::out_of_memory) {
    log::warn("Worker consumed all allocated memory! Memory Usage (KB).", {{"workerId", process.id.str()},
                                                                           {"funcArn", process.function.str()},
                                                                           {"memSize", exit.memory_limit_kb},
                                                                           {"memUsed", exit.peak_memory_kb}});
  }
  if (!was_planned(record)) ++died_;
  log_exit(record);
  if (was_planned(record)) return;
  const std::string line = fmt::format("worker {} ended: {}\n", process.id.str(), sentence(record));
  logs_.of(process.function)->write(log::Level::error, line);
}

}  // namespace fescue
