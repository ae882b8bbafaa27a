// Memory of a process as the kernel accounts it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace fescue {

struct ProcessMemory {
  std::optional<std::uint64_t> rss_kb;  // resident; absent when there is no such process
  std::optional<std::uint64_t> pss_kb;  // shared pages counted in part; only root may ask it of other users' processes
};

/// Pid 0 is this process. Reading PSS walks the page tables: about a millisecond for a large process.
ProcessMemory memory_of(pid_t pid);

}  // namespace fescue
