// What a worker in a container (V1's GreengrassContainer) sees of the machine. The rest is fixed
// (docs/compatibility/containers.md#file-system): its root is the host's `/` under a throw-away layer, other file
// systems of the host are read-only, ROOT and the homes are empty, /proc and /dev are its own, the network is the
// host's.
//
//   /lambda               package          read-only
//   /runtime              runtimes         read-only
//   /greengrass_ipc.sock  socket           connected to by path
//   /tmp /dev/shm and changes of `/`       scratch_kb for all of them together, gone with the worker
//   /sys                  the host's, read-only, with Sysfs::yes; else empty
//   <destination>         of each resource
//
// `WorkerSpec::program` is a path inside; the worker begins in /lambda, and `WorkerSpec::working_directory` may be any
// directory. `WorkerSpec::groups` must each own one of the resources.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/strong.h"

namespace fescue {

using Sysfs = StrongBool<struct SysfsTag>;

/// A volume or device of the host (docs/compatibility/resources.md#local-resources). The launcher resolves `source`
/// itself: it follows no symbolic link and refuses what policy.h lists. Both paths are absolute and canonical (no `//`,
/// `.`, `..`, no slash at the end). A destination that does not exist is made in the throw-away layer.
struct HostResource {
  enum class Kind : std::uint32_t { volume, device };
  enum class Access : std::uint32_t { read_only, read_write };

  Kind kind = Kind::volume;
  Access access = Access::read_only;
  std::string source;
  std::string destination;  // a device has that of its source
  Fd mount;                 // between launcher and monitor alone: `source`, ready to be attached
};

/// What a source is, as root sees it.
struct SourceStatus {
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t mode = 0;  // with the type
};

struct ContainerSpec {
  Fd package;   // O_PATH, the unpacked package: a directory
  Fd runtimes;  // O_PATH, what the core brings for the languages: a directory
  Fd socket;    // O_PATH, the worker's own IPC listener
  std::uint64_t scratch_kb = 64 * 1024;
  Sysfs sysfs = Sysfs::no;
  std::vector<HostResource> resources;  // attached in this order
  std::vector<std::string> masks;       // further directories of the host to be empty; canonical, may be absent
};

inline constexpr std::size_t kMaxResources = 32;
inline constexpr std::size_t kMaxMasks = 32;
inline constexpr std::uint64_t kMaxScratchKb = 64ull * 1024 * 1024;

}  // namespace fescue
