// ExitRecord: the one record that every end of a worker leaves, whatever ended it. It is a line of runtime.log, so
// that `fescue logs --why` finds it also without a running core; `status` shows the newest; the function's own log and
// the caller whose work was lost get it as a sentence.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/lifecycle/lifecycle_types.h"
#include "model/group.h"
#include "model/ids.h"
#include "sandbox/spec.h"

namespace fescue {

enum class EndCause {
  stopped,          // by us, as planned: idle, replaced, the core stops
  ended,            // by itself, with status 0
  failed,           // by itself, with another status
  signalled,        // by a signal that was not ours
  out_of_memory,    // at the limit, or the host had none left
  memory_pressure,  // it spun at its limit until something else ended it
  timed_out,        // an invocation took too long
  init_failed,      // it said so, or was not ready in time
  hung,             // it did not ask for the work that waited
  seccomp,          // it made a system call that is forbidden
  processes_limit,  // it was refused a process or thread, and failed
  not_started,      // the launcher could not or would not
  lost,             // its monitor died
};
/// "stopped", "out_of_memory" ...; names are never changed, only added.
std::string_view name_of(EndCause cause);

/// "it did not initialize in time"
std::string_view why_killed(lifecycle::KillReason reason);

/// How many ids of invocations a record keeps.
inline constexpr std::size_t kLastInvocations = 5;

struct ExitRecord {
  WorkerId worker;
  FunctionArn function;
  pid_t pid = 0;
  WallTime time;
  std::chrono::milliseconds lived{0};
  EndCause cause = EndCause::lost;
  std::string text;        // "signal: killed (out of memory: the limit is 16384 KB)"
  std::string suggestion;  // what may help; empty when nothing is known
  WorkerExit exit;
  std::vector<InvocationId> invocations;  // the last ones that it was given, newest last
  std::string output;                     // the last lines that it printed
};

/// What the core knows of a worker besides how its process ended.
struct WorkerHistory {
  bool told_to_stop = false;
  std::optional<lifecycle::KillReason> killed;
  std::string init_failure;  // what it said itself; empty when it did not
};

/// Cause, text and suggestion from the rest of the record. Pure.
void judge(ExitRecord& record, const WorkerHistory& history, const FunctionConfig& function);

/// Whether it was our decision and went well.
bool was_planned(const ExitRecord& record);

/// The text, and the suggestion if there is one.
std::string sentence(const ExitRecord& record);

/// Writes the record to the process's log. Members of the line are only ever added.
void log_exit(const ExitRecord& record);

/// What an interpreter takes by itself before it has loaded any code of the function's, in KB; 0 for executables.
std::uint64_t memory_floor_kb(std::string_view runtime);

}  // namespace fescue
