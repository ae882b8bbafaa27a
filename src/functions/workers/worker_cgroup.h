// Which v2 control group a worker has for itself, by the number that the kernel also gives for sockets that were made
// in it (sys/net/peer_uid.h).
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace fescue {

/// 0 when the process has none of its own, or cannot be looked at. Reads /proc.
std::uint64_t own_cgroup(pid_t pid);

}  // namespace fescue
