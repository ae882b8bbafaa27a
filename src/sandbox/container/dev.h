// The /dev of a container: the nodes that every program expects, bound from the host read-only (the one way that works
// in user namespaces and needs no mknod; their modes and owners stay as they are, and they can be written to),
// terminals and shared memory of its own. Device resources are put beside them.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "base/result.h"

namespace fescue {

// All that is in it, by name, before devices are attached. Nodes that the host has not are left out.
inline constexpr std::array<const char*, 6> kDevNodes = {"null", "zero", "full", "random", "urandom", "tty"};
inline constexpr std::array<const char*, 3> kDevMounts = {"pts", "shm", "mqueue"};
inline constexpr std::array<std::pair<const char*, const char*>, 5> kDevLinks = {{{"fd", "/proc/self/fd"},
                                                                                  {"stdin", "/proc/self/fd/0"},
                                                                                  {"stdout", "/proc/self/fd/1"},
                                                                                  {"stderr", "/proc/self/fd/2"},
                                                                                  {"ptmx", "pts/ptmx"}}};

/// Makes it at `path`, where a directory is. `shared_memory` is the directory that becomes /dev/shm. Writable by root
/// until make_read_only().
Result<void> mount_dev(const std::string& path, const std::string& shared_memory);

}  // namespace fescue
