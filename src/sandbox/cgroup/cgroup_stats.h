// What a cgroup's files say, as numbers. Pure. Absent: this kernel, or this version of cgroups, does not count it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace fescue {

/// What a group has counted since it was made.
struct CgroupStats {
  std::optional<std::uint64_t> peak_memory_kb = {};
  std::optional<std::chrono::microseconds> cpu = {};
  std::uint64_t memory_limit_hits = 0;
  std::uint64_t refaults = 0;                             // pages that were dropped and read again at once
  std::optional<std::chrono::microseconds> stalled = {};  // all of the group waited for memory
  std::optional<unsigned> stalled_percent = {};           // of the last ten seconds
  std::uint64_t processes_refused = 0;
  std::uint64_t oom_kills = 0;
};

}  // namespace fescue
