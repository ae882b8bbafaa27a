// How a worker ended, as V1's words and as a sentence for people.
#include "sandbox/spec.h"

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <seccomp.h>

namespace fescue {

namespace {

std::string kilobytes(std::uint64_t number) { return std::to_string(number) + " KB"; }

/// The kernel also kills within the limit, when the whole host has run out.
std::string out_of_memory(const WorkerExit& exit) {
  const bool has_room = exit.peak_memory_kb < exit.memory_limit_kb / 10 * 9;
  if (exit.memory_limit_kb == 0 || has_room) {
    return "out of memory: the host had none left; it used " + kilobytes(exit.peak_memory_kb);
  }
  return "out of memory: the limit is " + kilobytes(exit.memory_limit_kb);
}

/// "SIGSEGV"; V1's words alone are none that one could search for.
std::string name_of_signal(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string reason(const WorkerExit& exit) {
  if (exit.cause == ExitCause::out_of_memory) return out_of_memory(exit);
  if (exit.cause == ExitCause::seccomp) {
    return "forbidden system call" + (exit.refused_call == kNoCall ? "" : " " + name_of_refused_call(exit));
  }
  const bool went_well = exit.cause == ExitCause::exited && exit.exit_code == 0;
  if (went_well) return "";
  if (exit.memory_pressure) {
    return "memory pressure: it spun at its limit of " + kilobytes(exit.memory_limit_kb);
  }
  if (exit.oom_kills != 0) return "one of its processes ran " + out_of_memory(exit);
  if (exit.processes_refused != 0) return "its limit of processes refused " + std::to_string(exit.processes_refused);
  if (exit.refused_call != kNoCall) return "it was refused the system call " + name_of_refused_call(exit);
  return "";
}

}  // namespace

std::string how_it_ended(const WorkerExit& exit) {
  if (exit.cause == ExitCause::lost) return "lost";
  if (exit.signal == 0) return "exit status " + std::to_string(exit.exit_code);
  const char* name = ::sigdescr_np(exit.signal);
  std::string text = name ? name : std::to_string(exit.signal);
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return "signal: " + text;
}

std::string describe(const WorkerExit& exit) {
  if (exit.cause == ExitCause::lost) return how_it_ended(exit);
  std::string why = reason(exit);
  if (why.empty() && exit.cause == ExitCause::signalled) why = name_of_signal(exit.signal);
  return why.empty() ? how_it_ended(exit) : how_it_ended(exit) + " (" + why + ")";
}

std::string name_of_refused_call(const WorkerExit& exit) {
  const std::uint32_t native = ::seccomp_arch_native();
  const std::uint32_t architecture = exit.refused_architecture == 0 ? native : exit.refused_architecture;
  const std::unique_ptr<char, void (*)(void*)> found(
      ::seccomp_syscall_resolve_num_arch(architecture, exit.refused_call), &std::free);
  const std::string name = found ? found.get() : std::to_string(exit.refused_call);
  return architecture == native ? name : name + " (of another architecture)";
}

}  // namespace fescue
