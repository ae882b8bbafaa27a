// What a worker process is to be, and how one ended. These are the values that the core hands to the launcher and gets
// back from it; their form on the wire is protocol.h's affair.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/strong.h"
#include "sandbox/container_spec.h"

namespace fescue {

/// Names one start of a worker between the core and the launcher. The core chooses it; it must differ from those of all
/// workers that have not exited yet.
using LaunchId = std::uint32_t;

/// What becomes of a start whose limits this host cannot hold (facilities.h): refused, or started without them. A
/// weight is never required.
using LimitsRequired = StrongBool<struct LimitsRequiredTag>;

/// V1's log levels as descriptors of the worker: outputs[0] becomes descriptor 1, and so on
/// (docs/compatibility/runtimes.md#log-descriptors).
enum class Output : std::uint8_t { info = 1, error = 2, debug = 3, warn = 4, fatal = 5, trace = 6 };
inline constexpr std::size_t kOutputs = 6;

/// Bounds on a worker and everything that it starts, held by its cgroup. 0: not bounded.
struct WorkerLimits {
  std::uint64_t memory_kb = 0;   // with what it writes to memory file systems and the pages that it caches; no swap
  std::uint32_t processes = 0;   // and threads
  std::uint32_t cpu_weight = 0;  // 1 to 10000 (100 is the default), as of cgroup v2
  LimitsRequired required = LimitsRequired::no;
};

/// Where a worker finds the connection to the core that it is born with: beside the outputs; as its standard input too,
/// for runtimes that can take over no other descriptor.
enum class ConnectionPlace : std::uint8_t { none, own, own_and_input };
inline constexpr int kConnectionDescriptor = 7;

/// A rehearsal goes the whole way of a start up to the program, which is looked at and not run (program.h): the worker
/// exits with 0 there.
using Rehearsal = StrongBool<struct RehearsalTag>;

/// Descriptor 0 of a worker is /dev/null or its connection; 1 to 6 are `outputs`; 7 may be its connection; it has no
/// other. Its umask is 0022, it leads its own session and process group, all signals have their default action, and it
/// can gain no privileges.
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
  ConnectionPlace connection_place = ConnectionPlace::none;
  Fd connection;  // a connected socket, where there is a place for it
  WorkerLimits limits;
  Rehearsal rehearsal = Rehearsal::no;
  std::optional<ContainerSpec> container;  // none: V1's NoContainer, the host as it is
};

/// Bounds of a spec; more is refused before anything is started.
inline constexpr std::uint32_t kMaxCpuWeight = 10000;
inline constexpr std::size_t kMaxGroups = 64;
inline constexpr std::size_t kMaxArguments = 1024;
inline constexpr std::size_t kMaxEnvironment = 1024;
inline constexpr std::size_t kMaxSpecText = 96 * 1024;  // all strings of the spec with a NUL after each

enum class ExitCause : std::uint8_t {
  exited,         // by itself, with a status
  signalled,      // by a signal that the launcher did not send as kill or stop-all
  killed,         // by kill or stop-all
  out_of_memory,  // by the kernel, which counted it; the rest of its group went with it
  seccomp,        // by the kernel, for a call that it must not make
  lost,           // its monitor died: status and stats are unknown, and it was killed
};

/// It spun at its memory limit: more time went into finding memory than into its own work, and no kill ended it.
using MemoryPressure = StrongBool<struct MemoryPressureTag>;

inline constexpr int kNoCall = -1;

/// How a worker ended. When this is reported, all processes that it left behind have ended too, whatever session or
/// group they had moved to. The numbers come from its cgroup; without one they are what wait() tells of the processes,
/// or 0.
struct WorkerExit {
  LaunchId id = 0;
  ExitCause cause = ExitCause::lost;
  int exit_code = 0;                 // 0 when it died from a signal
  int signal = 0;                    // 0 when it exited
  std::uint64_t peak_memory_kb = 0;  // of all its processes together; without a cgroup, of the largest one
  std::chrono::microseconds cpu{0};  // user and system time of the worker and all its descendants
  std::uint64_t memory_limit_kb = 0;
  MemoryPressure memory_pressure = MemoryPressure::no;
  std::uint64_t memory_limit_hits = 0;          // how often it met its limit; newer kernels with cgroup v1 do not count
  std::chrono::microseconds memory_stalled{0};  // how long all of it waited for memory, where the kernel tells
  std::uint64_t processes_refused = 0;          // forks that its limit of processes forbade
  std::uint32_t oom_kills = 0;                  // of its processes, by the kernel
  int refused_call = kNoCall;                   // number of the last system call that was refused to one of them
  std::uint32_t refused_architecture = 0;       // AUDIT_ARCH_*: whose numbering that is
};

/// V1's words for the log's `state` field: "exit status 1", "signal: killed".
std::string how_it_ended(const WorkerExit& exit);

/// Those words, and in parentheses what else is known of the reason: "signal: killed (out of memory: the limit is
/// 16384 KB)".
std::string describe(const WorkerExit& exit);

/// "mount", "brk (of another architecture)"; the number itself for a call that has no name here. For an exit that has
/// a refused call.
std::string name_of_refused_call(const WorkerExit& exit);

}  // namespace fescue
