#include "lambda/worker_processes.h"

#include <fcntl.h>

#include <csignal>

#include <fmt/format.h>

namespace fescue {

WorkerProcesses::WorkerProcesses(asio::io_context& io, WorkerProcessesOptions options, LauncherProcess launcher,
                                 WorkerDoors& doors, FunctionLogs& logs, Events events)
    : io_(io),
      options_(std::move(options)),
      doors_(doors),
      logs_(logs),
      events_(std::move(events)),
      launcher_(std::make_unique<LauncherClient>(io, std::move(launcher), launcher_events())) {}

WorkerProcesses::~WorkerProcesses() {
  launcher_.reset();
  for (const auto& waiting : outputs_) {
    if (const auto output = waiting.lock()) output->drain();
  }
  for (const auto& [launch, process] : processes_) doors_.close(process->id);
}

LauncherEvents WorkerProcesses::launcher_events() {
  return {
      .started = [this](LaunchId launch, pid_t pid) { on_started(launch, pid); },
      .start_failed = [this](LaunchId launch, const Error& error) { on_start_failed(launch, error); },
      .exited = [this](const WorkerExit& exit) { on_exited(exit); },
      .lost = [this](const Error& error) { events_.lost(error); },
  };
}

Result<void> WorkerProcesses::start(const WorkerId& worker, const LaunchPlan& plan) {
  auto process = std::make_unique<Process>();
  process->id = worker;
  process->function = plan.function.arn;
  process->launch = ++last_launch_;
  process->uid = plan.user.uid;
  process->token = new_worker_token();
  FESCUE_TRY(socket, doors_.open(worker, plan.user.uid));
  auto spec = make_spec(*process, plan, socket);
  const Result<void> asked = spec ? launcher_->start(std::move(*spec)) : Result<void>(spec.error());
  if (!asked) {
    doors_.close(worker);
    return asked.error();
  }
  by_id_[worker] = process.get();
  by_token_[process->token] = process.get();
  processes_[process->launch] = std::move(process);
  return ok();
}

Result<WorkerSpec> WorkerProcesses::make_spec(Process& process, const LaunchPlan& plan, const std::string& socket) {
  const WorkerPlaces places{plan.code, options_.runtime_directory, socket, plan.home};
  FESCUE_TRY(command, worker_command(plan.function, {options_.core, places, plan.interpreter, process.token,
                                                     options_.ipc_port, logs_.limits().level, options_.proxy}));
  WorkerSpec spec;
  spec.id = process.launch;
  spec.uid = plan.user.uid;
  spec.gid = plan.user.gid;
  spec.program = std::move(command.program);
  spec.arguments = std::move(command.arguments);
  spec.environment = std::move(command.environment);
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

void WorkerProcesses::terminate(const WorkerId& worker) {
  Process* process = find(worker);
  if (!process) return;
  process->told_to_stop = true;
  static_cast<void>(launcher_->signal(process->launch, SIGTERM));  // without a launcher it is dead anyway
}

void WorkerProcesses::kill(const WorkerId& worker) {
  if (Process* process = find(worker)) static_cast<void>(launcher_->kill(process->launch));
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
  return process ? process->output.lock() : nullptr;
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
  doors_.close(process->id);
  return process;
}

void WorkerProcesses::on_started(LaunchId launch, pid_t pid) {
  const auto found = processes_.find(launch);
  if (found == processes_.end()) return;
  Process& process = *found->second;
  process.pid = pid;
  ++started_;
  log::info("Created worker.", {{"functionArn", process.function.str()}, {"workerId", process.id.str()}, {"pid", pid}});
}

void WorkerProcesses::on_start_failed(LaunchId launch, const Error& error) {
  const auto process = take(launch);
  if (!process) return;
  log::error(
      "Cannot create worker.",
      {{"functionArn", process->function.str()}, {"workerId", process->id.str()}, {"errorString", error.message()}});
  events_.gone(process->id, "it could not be started: " + error.message());
}

void WorkerProcesses::on_exited(const WorkerExit& exit) {
  const auto process = take(exit.id);
  if (!process) return;
  report(*process, exit);
  events_.gone(process->id, describe(exit));
}

void WorkerProcesses::report(const Process& process, const WorkerExit& exit) {
  log::info(fmt::format("Worker Max Memory Usage (KB): {}", exit.peak_memory_kb),
            {{"workerId", process.id.str()}, {"funcArn", process.function.str()}, {"cpuUs", exit.cpu.count()}});
  if (process.told_to_stop && exit.cause != ExitCause::killed) return;
  ++died_;
  const bool by_itself = exit.cause == ExitCause::exited && exit.exit_code == 0;
  log::error(by_itself ? "Worker ended by itself." : "Worker is ungracefully killed.",
             {{"workerId", process.id.str()}, {"funcArn", process.function.str()}, {"state", describe(exit)}});
}

}  // namespace fescue
