// Out of memory, and the limits from which on a worker counts as spinning at its memory limit.
#include "sandbox/monitor/exit_stats.h"

#include <algorithm>
#include <csignal>

namespace fescue {

namespace {

// From when on a worker at its limit counts as spinning. A healthy one also meets its limit, whenever it has read more
// files than fit: that costs it no time worth speaking of.
constexpr std::chrono::milliseconds kLeastStall{500};
constexpr unsigned kStalledPercent = 20;
constexpr std::uint64_t kRefaultsPerSecond = 500;  // not every kernel tells of stalls, and fast disks hide them

bool is_at_limit(const WorkerExit& exit) {
  return exit.memory_limit_kb != 0 && exit.peak_memory_kb >= exit.memory_limit_kb / 10 * 9;
}

MemoryPressure spins(const WorkerExit& exit, const CgroupStats& stats, std::chrono::microseconds lifetime) {
  if (!is_at_limit(exit)) return MemoryPressure::no;
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(lifetime).count(), 1l);
  if (stats.refaults >= kRefaultsPerSecond * static_cast<std::uint64_t>(seconds)) return MemoryPressure::yes;
  if (!stats.stalled || *stats.stalled < kLeastStall) return MemoryPressure::no;
  const bool lately = stats.stalled_percent.value_or(0) >= kStalledPercent;
  const bool mostly = *stats.stalled * 100 >= lifetime * kStalledPercent;
  return MemoryPressure(lately || mostly);
}

}  // namespace

void add_stats(WorkerExit& exit, const CgroupStats& stats, std::chrono::microseconds lifetime) {
  if (stats.peak_memory_kb) exit.peak_memory_kb = *stats.peak_memory_kb;
  if (stats.cpu) exit.cpu = *stats.cpu;
  exit.memory_limit_hits = stats.memory_limit_hits;
  exit.memory_stalled = stats.stalled.value_or(std::chrono::microseconds(0));
  exit.processes_refused = stats.processes_refused;
  exit.oom_kills = static_cast<std::uint32_t>(std::min<std::uint64_t>(stats.oom_kills, UINT32_MAX));
  if (exit.signal == SIGKILL && exit.oom_kills != 0) exit.cause = ExitCause::out_of_memory;
  if (exit.signal == SIGSYS) exit.cause = ExitCause::seccomp;
  if (exit.cause != ExitCause::out_of_memory) exit.memory_pressure = spins(exit, stats, lifetime);
}

}  // namespace fescue
