#include "lambda/worker_death.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/log.h"

namespace fescue {

using lifecycle::KillReason;

namespace {

struct NamedCause {
  DeathCause cause;
  std::string_view name;
};
constexpr std::array kCauses{
    NamedCause{DeathCause::stopped, "stopped"},
    NamedCause{DeathCause::ended, "ended"},
    NamedCause{DeathCause::failed, "failed"},
    NamedCause{DeathCause::signalled, "signalled"},
    NamedCause{DeathCause::out_of_memory, "out_of_memory"},
    NamedCause{DeathCause::memory_pressure, "memory_pressure"},
    NamedCause{DeathCause::timed_out, "timed_out"},
    NamedCause{DeathCause::init_failed, "init_failed"},
    NamedCause{DeathCause::hung, "hung"},
    NamedCause{DeathCause::seccomp, "seccomp"},
    NamedCause{DeathCause::processes_limit, "processes_limit"},
    NamedCause{DeathCause::not_started, "not_started"},
    NamedCause{DeathCause::lost, "lost"},
};

DeathCause cause_of(const WorkerExit& exit, const WorkerHistory& history) {
  // What the kernel says comes before what we meant to do about it: a function that spins at its limit times out.
  if (exit.cause == ExitCause::out_of_memory) return DeathCause::out_of_memory;
  if (exit.cause == ExitCause::seccomp) return DeathCause::seccomp;
  if (exit.cause == ExitCause::lost) return DeathCause::lost;
  const bool in_trouble = history.killed.has_value() || !history.init_failure.empty() || !history.told_to_stop;
  if (exit.memory_pressure && in_trouble) return DeathCause::memory_pressure;
  if (!history.init_failure.empty()) return DeathCause::init_failed;
  if (history.killed == KillReason::timed_out) return DeathCause::timed_out;
  if (history.killed == KillReason::not_initialized) return DeathCause::init_failed;
  if (history.killed == KillReason::silent) return DeathCause::hung;
  if (history.told_to_stop || exit.cause == ExitCause::killed) return DeathCause::stopped;
  if (exit.processes_refused > 0 && (exit.signal != 0 || exit.exit_code != 0)) return DeathCause::processes_limit;
  if (exit.signal != 0) return DeathCause::signalled;
  return exit.exit_code == 0 ? DeathCause::ended : DeathCause::failed;
}

std::string text_of(const WorkerDeath& death, const WorkerHistory& history, const FunctionConfig& function) {
  const std::string end = describe(death.exit);
  if (!history.init_failure.empty()) return fmt::format("it failed to initialize: {} ({})", history.init_failure, end);
  if (!history.killed) return end;
  switch (*history.killed) {
    case KillReason::timed_out:
      return fmt::format("an invocation timed out after {} seconds ({})", function.timeout.count(), end);
    case KillReason::not_initialized:
      return fmt::format("it did not initialize in time ({})", end);
    case KillReason::silent:
      return fmt::format("it did not ask for the work that waits ({})", end);
    case KillReason::ignored_terminate:
      return fmt::format("it ignored SIGTERM ({})", end);
  }
  return end;
}

std::string memory_suggestion(const WorkerDeath& death, const FunctionConfig& function) {
  const std::uint64_t limit = death.exit.memory_limit_kb;
  if (limit == 0) return "the host itself has too little memory";
  const std::uint64_t floor = memory_floor_kb(function.runtime);
  const std::uint64_t wanted = std::max(floor, limit * 2);
  const std::string given = function.memory_kb ? fmt::format("MemorySize is {} KB", limit)
                                               : fmt::format("no MemorySize is set, so it got V1's {} KB", limit);
  if (limit < floor) {
    return fmt::format("{}, and {} alone takes about {} KB: set at least {}", given, function.runtime, floor, wanted);
  }
  return fmt::format("{}: try {}", given, wanted);
}

std::string suggestion_for(const WorkerDeath& death, const FunctionConfig& function) {
  const bool is_contained = function.isolation == Isolation::container;
  switch (death.cause) {
    case DeathCause::out_of_memory:
    case DeathCause::memory_pressure:
      return memory_suggestion(death, function);
    case DeathCause::timed_out:
      return fmt::format("Timeout is {} seconds: raise it if the handler needs longer", function.timeout.count());
    case DeathCause::seccomp:
      return "containers forbid this call: use IsolationMode NoContainer if the function cannot do without";
    case DeathCause::processes_limit:
      return "it has too many processes or threads at a time; a worker may have 1024";
    case DeathCause::init_failed:
    case DeathCause::failed:
      if (death.exit.memory_limit_hits > 0) return memory_suggestion(death, function);
      if (death.exit.refused_call != kNoCall && is_contained) {
        return fmt::format("containers refuse {}: try IsolationMode NoContainer if the function cannot do without",
                           name_of_refused_call(death.exit));
      }
      return "";
    default:
      return "";
  }
}

}  // namespace

std::string_view name_of(DeathCause cause) { return std::ranges::find(kCauses, cause, &NamedCause::cause)->name; }

void judge(WorkerDeath& death, const WorkerHistory& history, const FunctionConfig& function) {
  death.cause = cause_of(death.exit, history);
  death.text = text_of(death, history, function);
  death.suggestion = suggestion_for(death, function);
}

bool was_planned(const WorkerDeath& death) { return death.cause == DeathCause::stopped; }

std::string sentence(const WorkerDeath& death) {
  return death.suggestion.empty() ? death.text : death.text + "; " + death.suggestion;
}

void log_death(const WorkerDeath& death) {
  std::string ids;
  for (const InvocationId& id : death.invocations) ids += (ids.empty() ? "" : " ") + id.str();
  // V1's words, and V1's level for what it said at all.
  const bool planned = was_planned(death);
  const std::string_view text = planned                            ? "Worker ended."
                                : death.cause == DeathCause::ended ? "Worker ended by itself."
                                                                   : "Worker is ungracefully killed.";
  log::write(planned ? log::Level::info : log::Level::error, text,
             {{"workerId", death.worker.str()},
              {"funcArn", death.function.str()},
              {"state", how_it_ended(death.exit)},
              {"cause", name_of(death.cause)},
              {"reason", death.text},
              {"suggestion", death.suggestion},
              {"pid", death.pid},
              {"exitCode", death.exit.exit_code},
              {"signal", death.exit.signal},
              {"livedMs", death.lived.count()},
              {"memUsed", death.exit.peak_memory_kb},
              {"memSize", death.exit.memory_limit_kb},
              {"memLimitHits", death.exit.memory_limit_hits},
              {"oomKills", death.exit.oom_kills},
              {"refusedCall", death.exit.refused_call == kNoCall ? "" : name_of_refused_call(death.exit)},
              {"cpuUs", death.exit.cpu.count()},
              {"invocations", ids},
              {"output", planned ? std::string_view() : std::string_view(death.output)}});
}

std::uint64_t memory_floor_kb(std::string_view runtime) {
  if (runtime.starts_with("python")) return 8 * 1024;
  if (runtime.starts_with("nodejs")) return 48 * 1024;
  if (runtime.starts_with("java")) return 64 * 1024;
  return 0;
}

}  // namespace fescue
