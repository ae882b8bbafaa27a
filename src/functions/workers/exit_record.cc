// From an exit to its cause, from a cause to a suggestion, and both to the record in the log.
#include "functions/workers/exit_record.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/log.h"
#include "functions/launch/container_layout.h"

namespace fescue {

using lifecycle::KillReason;

namespace {

struct NamedCause {
  EndCause cause;
  std::string_view name;
};
constexpr std::array kCauses{
    NamedCause{EndCause::stopped, "stopped"},
    NamedCause{EndCause::ended, "ended"},
    NamedCause{EndCause::failed, "failed"},
    NamedCause{EndCause::signalled, "signalled"},
    NamedCause{EndCause::out_of_memory, "out_of_memory"},
    NamedCause{EndCause::memory_pressure, "memory_pressure"},
    NamedCause{EndCause::timed_out, "timed_out"},
    NamedCause{EndCause::init_failed, "init_failed"},
    NamedCause{EndCause::hung, "hung"},
    NamedCause{EndCause::seccomp, "seccomp"},
    NamedCause{EndCause::processes_limit, "processes_limit"},
    NamedCause{EndCause::not_started, "not_started"},
    NamedCause{EndCause::lost, "lost"},
};

EndCause cause_of(const WorkerExit& exit, const WorkerHistory& history) {
  // What the kernel says comes before what we meant to do about it: a function that spins at its limit times out.
  if (exit.cause == ExitCause::out_of_memory) return EndCause::out_of_memory;
  if (exit.cause == ExitCause::seccomp) return EndCause::seccomp;
  if (exit.cause == ExitCause::lost) return EndCause::lost;
  const bool in_trouble = history.killed.has_value() || !history.init_failure.empty() || !history.told_to_stop;
  if (exit.memory_pressure && in_trouble) return EndCause::memory_pressure;
  if (!history.init_failure.empty()) return EndCause::init_failed;
  if (history.killed == KillReason::timed_out) return EndCause::timed_out;
  if (history.killed == KillReason::not_initialized) return EndCause::init_failed;
  if (history.killed == KillReason::silent) return EndCause::hung;
  if (history.told_to_stop || exit.cause == ExitCause::killed) return EndCause::stopped;
  if (exit.processes_refused > 0 && (exit.signal != 0 || exit.exit_code != 0)) return EndCause::processes_limit;
  if (exit.signal != 0) return EndCause::signalled;
  return exit.exit_code == 0 ? EndCause::ended : EndCause::failed;
}

std::string text_of(const ExitRecord& record, const WorkerHistory& history, const FunctionConfig& function) {
  const std::string end = describe(record.exit);
  if (!history.init_failure.empty()) return fmt::format("it failed to initialize: {} ({})", history.init_failure, end);
  if (!history.killed) return end;
  const std::string_view why = why_killed(*history.killed);
  if (*history.killed != KillReason::timed_out) return fmt::format("{} ({})", why, end);
  return fmt::format("{} after {} seconds ({})", why, function.timeout.count(), end);
}

std::string memory_suggestion(const ExitRecord& record, const FunctionConfig& function) {
  const std::uint64_t limit = record.exit.memory_limit_kb;
  if (limit == 0) return "the host itself has too little memory";
  const std::uint64_t floor = memory_floor_kb(function.runtime);
  const std::uint64_t wanted = std::max(floor, limit * 2);
  std::string given = fmt::format("MemorySize is {} KB", function.memory_kb.value_or(0));
  if (!function.memory_kb) given = fmt::format("no MemorySize is set, so it got V1's {} KB", limit);
  if (function.memory_kb && *function.memory_kb < limit) given += fmt::format(", for which it got {}", limit);
  if (limit < floor) {
    return fmt::format("{}, and {} alone takes about {} KB: set at least {}", given, function.runtime, floor, wanted);
  }
  return fmt::format("{}: try {}", given, wanted);
}

std::string suggestion_for(const ExitRecord& record, const FunctionConfig& function) {
  const bool is_contained = function.isolation == Isolation::container;
  switch (record.cause) {
    case EndCause::out_of_memory:
    case EndCause::memory_pressure:
      return memory_suggestion(record, function);
    case EndCause::timed_out:
      return fmt::format("Timeout is {} seconds: raise it if the handler needs longer", function.timeout.count());
    case EndCause::seccomp:
      return "containers forbid this call: use IsolationMode NoContainer if the function cannot do without";
    case EndCause::processes_limit:
      return fmt::format("it has too many processes or threads at a time; a worker may have {}", kMaxProcessesOfWorker);
    case EndCause::init_failed:
    case EndCause::failed:
      if (record.exit.memory_limit_hits > 0) return memory_suggestion(record, function);
      if (record.exit.refused_call != kNoCall && is_contained) {
        return fmt::format("containers refuse {}: try IsolationMode NoContainer if the function cannot do without",
                           name_of_refused_call(record.exit));
      }
      return "";
    default:
      return "";
  }
}

}  // namespace

std::string_view why_killed(KillReason reason) {
  switch (reason) {
    case KillReason::timed_out:
      return "an invocation timed out";
    case KillReason::not_initialized:
      return "it did not initialize in time";
    case KillReason::silent:
      return "it did not ask for the work that waits";
    case KillReason::ignored_terminate:
      return "it ignored SIGTERM";
  }
  return "";
}

std::string_view name_of(EndCause cause) { return std::ranges::find(kCauses, cause, &NamedCause::cause)->name; }

void judge(ExitRecord& record, const WorkerHistory& history, const FunctionConfig& function) {
  record.cause = cause_of(record.exit, history);
  record.text = text_of(record, history, function);
  record.suggestion = suggestion_for(record, function);
}

bool was_planned(const ExitRecord& record) { return record.cause == EndCause::stopped; }

std::string sentence(const ExitRecord& record) {
  return record.suggestion.empty() ? record.text : record.text + "; " + record.suggestion;
}

void log_exit(const ExitRecord& record) {
  std::string ids;
  for (const InvocationId& id : record.invocations) ids += (ids.empty() ? "" : " ") + id.str();
  // V1's words, and V1's level for what it said at all.
  const bool planned = was_planned(record);
  const std::string_view text = planned                           ? "Worker ended."
                                : record.cause == EndCause::ended ? "Worker ended by itself."
                                                                  : "Worker is ungracefully killed.";
  log::write(planned ? log::Level::info : log::Level::error, text,
             {{"workerId", record.worker.str()},
              {"funcArn", record.function.str()},
              {"state", how_it_ended(record.exit)},
              {"cause", name_of(record.cause)},
              {"reason", record.text},
              {"suggestion", record.suggestion},
              {"pid", record.pid},
              {"exitCode", record.exit.exit_code},
              {"signal", record.exit.signal},
              {"livedMs", record.lived.count()},
              {"memUsed", record.exit.peak_memory_kb},
              {"memSize", record.exit.memory_limit_kb},
              {"memLimitHits", record.exit.memory_limit_hits},
              {"oomKills", record.exit.oom_kills},
              {"refusedCall", record.exit.refused_call == kNoCall ? "" : name_of_refused_call(record.exit)},
              {"cpuUs", record.exit.cpu.count()},
              {"invocations", ids},
              {"output", planned ? std::string_view() : std::string_view(record.output)}});
}

std::uint64_t memory_floor_kb(std::string_view runtime) {
  if (runtime.starts_with("python")) return 8 * 1024;
  if (runtime.starts_with("nodejs")) return 48 * 1024;
  if (runtime.starts_with("java")) return 64 * 1024;
  return 0;
}

}  // namespace fescue
