// The messages between the core and the launcher, and, in the same form, between the launcher and its monitors. One
// message is one packet of a SOCK_SEQPACKET socket pair: a head, a body of fixed layout in the host's byte order (both
// ends are one build on one machine), then the bounded variable part.
//
//   head      magic u32 | verb u16 | 0 u16 | id u32 | bytes that follow u32
//   start     uid gid groups arguments environment container(0|1) text connection(0|1|2) rehearsal(0|1), each
//             u32 | limits | gid u32 ... | container if there is one | text
//             limits: memory KiB u64 | processes u32 | CPU weight u32 | required u32 | 0 u32
//             container: scratch KiB u64 | sysfs(0|1) resources masks 0, each u32 | {kind access} u32 each ...
//             text: program NUL arguments NUL ... environment NUL ... {source NUL destination NUL} ... mask NUL ...
//             with descriptors (SCM_RIGHTS): working directory, outputs 1 to 6; connection if it has a place; with a
//             container also package, runtimes, socket; from launcher to monitor these three and one for each
//             resource are mounts to attach
//   signal    number i32
//   kill, stop_all   -
//   look      kind access text bytes 0, each u32 | text: source NUL destination NUL
//   ready     cgroup layout u32 | text bytes u32 | place NUL, why each use is missing NUL ..., why no containers NUL
//   started   pid i32
//   start_failed   code u32 | text bytes u32 | text
//   exited    cause u32 | exit code i32 | signal i32 | memory pressure u32 | peak memory KiB u64 | CPU
//             microseconds u64 | memory limit KiB u64 | limit hits u64 | stalled microseconds u64 | processes
//             refused u64 | OOM kills u32 | refused call i32 | its architecture u32 | 0 u32
//   looked    uid gid mode 0, each u32
//   look_failed   as start_failed
//   rejected  messages rejected so far u64 | 0 u32 | text bytes u32 | text
//
// Everything here is pure. The decoders accept exactly what the encoders can make and say what is wrong with the rest.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "sandbox/facilities.h"
#include "sandbox/spec.h"

namespace fescue {

struct SignalRequest {
  LaunchId id = 0;
  int number = 0;
};
struct KillRequest {
  LaunchId id = 0;
};
struct StopAllRequest {};

/// What is the source of this resource? Asked about what only root may see, when a group is planned.
struct LookRequest {
  LaunchId id = 0;        // the asker's own count of its questions
  HostResource resource;  // without `mount`
};

/// A WorkerSpec is the request to start it; decoded, it has no descriptors yet (attach()).
using LauncherRequest = std::variant<WorkerSpec, SignalRequest, KillRequest, StopAllRequest, LookRequest>;

struct Ready {
  Facilities facilities;
};
struct Started {
  LaunchId id = 0;
  pid_t pid = 0;
};
struct StartFailed {
  LaunchId id = 0;
  Error error;
};
struct Looked {
  LaunchId id = 0;
  SourceStatus status;
};
/// It is not there, not of its kind, or no function may have it.
struct LookFailed {
  LaunchId id = 0;
  Error error;
};
/// A message that could not be understood; `total` counts them since the start.
struct Rejected {
  std::uint64_t total = 0;
  std::string reason;
};
using LauncherEvent = std::variant<Ready, Started, StartFailed, WorkerExit, Looked, LookFailed, Rejected>;

inline constexpr std::size_t kStartDescriptors = 1 + kOutputs + 1;  // with a connection
inline constexpr std::size_t kContainerDescriptors = 3;
inline constexpr std::size_t kMaxDescriptors = kStartDescriptors + kContainerDescriptors + kMaxResources;
inline constexpr std::size_t kMaxMessage = 100 * 1024;  // fits a socket buffer of the default size
inline constexpr std::size_t kMaxReason = 1024;         // longer texts are cut

/// Whether `spec` is well formed and within its bounds: the precondition of encode() and what decode_request()
/// guarantees. Does not look at the descriptors. Errors: invalid_argument, too_large.
Result<void> validate(const WorkerSpec& spec);
Result<void> validate(const HostResource& resource);

std::string encode(const WorkerSpec& spec);
std::string encode(const SignalRequest& request);
std::string encode(const KillRequest& request);
std::string encode(const StopAllRequest& request);
/// Precondition: validate() accepts a container with the resource.
std::string encode(const LookRequest& request);
Result<LauncherRequest> decode_request(std::string_view message);

std::string encode(const Ready& event);
std::string encode(const Started& event);
std::string encode(const StartFailed& event);
std::string encode(const WorkerExit& event);
std::string encode(const Looked& event);
std::string encode(const LookFailed& event);
std::string encode(const Rejected& event);
Result<LauncherEvent> decode_event(std::string_view message);

}  // namespace fescue
