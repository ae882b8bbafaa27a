// How the messages of protocol.h lie in bytes: a head, a body of fixed layout, then texts that end with NUL. For the
// files of this folder only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "sandbox/protocol/protocol.h"

namespace fescue::wire {

inline constexpr std::uint32_t kMagic = 0x3143534c;

enum class Verb : std::uint16_t {
  start = 1,
  signal = 2,
  kill = 3,
  stop_all = 4,
  look = 5,
  ready = 64,
  started = 65,
  start_failed = 66,
  exited = 67,
  rejected = 68,
  looked = 69,
  look_failed = 70,
};

struct Head {
  std::uint32_t magic;
  Verb verb;
  std::uint16_t zero;
  std::uint32_t id;
  std::uint32_t following;
};
struct StartBody {
  std::uint32_t uid, gid, groups, arguments, environment, container, text, connection, rehearsal;
};
struct ContainerBody {
  std::uint64_t scratch_kb;
  std::uint32_t sysfs, resources, masks, zero;
};
struct ResourceBody {
  std::uint32_t kind, access;
};
struct LookBody {
  std::uint32_t kind, access, text, zero;
};
struct LookedBody {
  std::uint32_t uid, gid, mode, zero;
};
struct LimitsBody {
  std::uint64_t memory_kb;
  std::uint32_t processes, cpu_weight, required, zero;
};
struct SignalBody {
  std::int32_t number;
};
struct StartedBody {
  std::int32_t pid;
};
struct FailedBody {
  std::uint32_t code, text;
};
struct ReadyBody {
  std::uint32_t layout, text;
};
struct ExitedBody {
  std::uint32_t cause;
  std::int32_t exit_code, signal;
  std::uint32_t memory_pressure;
  std::uint64_t peak_memory_kb, cpu_microseconds, memory_limit_kb, memory_limit_hits, stalled_microseconds;
  std::uint64_t processes_refused;
  std::uint32_t oom_kills;
  std::int32_t refused_call;
  std::uint32_t refused_architecture, zero;
};
struct RejectedBody {
  std::uint64_t total;
  std::uint32_t zero, text;
};

/// Layouts have no padding: nothing of this process's memory leaves by accident.
template <class Layout>
concept Plain = std::has_unique_object_representations_v<Layout>;

inline Error malformed(std::string_view what) { return Error(Code::invalid_argument, std::string(what)); }

/// A string that holds NUL would end early on the wire.
inline bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace fescue::wire
