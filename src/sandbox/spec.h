// What a worker process is to be, and how one ended. These are the values that the core hands to the launcher and gets
// back from it; their form on the wire is protocol.h's affair.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"

namespace fescue {

/// Names one start of a worker between the core and the launcher. The core chooses it; it must differ from those of all
/// workers that have not exited yet.
using LaunchId = std::uint32_t;

/// V1's log levels as descriptors of the worker: outputs[0] becomes descriptor 1, and so on
/// (reference: function-runtime 2.2).
enum class Output : std::uint8_t { info = 1, error = 2, debug = 3, warn = 4, fatal = 5, trace = 6 };
inline constexpr std::size_t kOutputs = 6;

/// Descriptor 0 of a worker is /dev/null; 1 to 6 are `outputs`; it has no other. Its umask is 0022, it leads its own
/// session and process group, all signals have their default action, and it can gain no privileges.
struct WorkerSpec {
  LaunchId id = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;             // supplementary, exactly these
  std::string program;                   // absolute path; executed with the rights of `uid`
  std::vector<std::string> arguments;    // argv, with argv[0]
  std::vector<std::string> environment;  // "NAME=value", exactly these
  Fd working_directory;                  // of a directory that `uid` may enter; O_PATH is enough
  std::array<Fd, kOutputs> outputs;      // write ends
};

/// Bounds of a spec; more is refused before anything is started.
inline constexpr std::size_t kMaxGroups = 64;
inline constexpr std::size_t kMaxArguments = 1024;
inline constexpr std::size_t kMaxEnvironment = 1024;
inline constexpr std::size_t kMaxSpecText = 96 * 1024;  // program, arguments and environment with a NUL after each

enum class ExitCause : std::uint8_t {
  exited,         // by itself, with a status
  signalled,      // by a signal that the launcher did not send as kill or stop-all
  killed,         // by kill or stop-all
  out_of_memory,  // over its memory limit (workers in a container only)
  lost,           // its keeper died: status and figures are unknown, and it was killed
};

/// How a worker ended. When this is reported, all processes that it left behind are dead too, whatever session or group
/// they had moved to.
struct WorkerExit {
  LaunchId id = 0;
  ExitCause cause = ExitCause::lost;
  int exit_code = 0;                 // 0 when it died from a signal
  int signal = 0;                    // 0 when it exited
  std::uint64_t peak_memory_kb = 0;  // resident memory of its largest process; never below the launcher's own
  std::chrono::microseconds cpu{0};  // user and system time of the worker and all its descendants
};

/// V1's words for the log's `state` field: "exit status 1", "signal: killed".
std::string describe(const WorkerExit& exit);

}  // namespace fescue
