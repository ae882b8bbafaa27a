// Mounts as values: a detached mount is a descriptor that belongs to no place yet, can be restricted while nobody sees
// it, and is attached in one step (the kernel's mount API of Linux 5.12). Errors name the step and the path.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace fescue {

enum class Depth { this_mount, with_submounts };

/// What a mount forbids, whatever the file system underneath allows.
struct Restrictions {
  bool read_only = false;
  bool no_devices = true;
  bool no_programs = false;
};
inline constexpr Restrictions kReadOnly{.read_only = true};
inline constexpr Restrictions kReadWrite{};
/// Read-only is the mount, so that nobody changes the mode or owner of the host's node through it, or what else is in
/// its directory; the kernel lets devices be written to all the same.
inline constexpr Restrictions kDeviceNode{.read_only = true, .no_devices = false};

/// A detached mount of what `path` (from `directory`, or absolute; empty for the descriptor itself) shows. It takes no
/// part in later mounts and unmounts of its original. Only mounts of this process's own mount namespace can be cloned.
Result<Fd> clone_mount(int directory, const std::string& path, Depth depth, const Restrictions& restrictions);

/// O_PATH of what is at a path that another user controls. Error: permission_denied if it is or passes through a
/// symbolic link.
Result<Fd> open_without_links(const std::string& path);

/// Puts a detached mount at `path`, which must exist. `what` names it in errors.
Result<void> attach_mount(int mount, const std::string& path, const std::string& what);
/// The same at a place that is open (O_PATH is enough).
Result<void> attach_mount(int mount, const Fd& place, const std::string& what);

/// clone_mount() and attach_mount() of a path.
Result<void> bind_mount(const std::string& source, const std::string& path, const Restrictions& restrictions);

/// A new file system. `flags` as of mount(2), `options` of the type.
Result<void> mount_new(const char* type, const std::string& path, unsigned long flags, const std::string& options);

/// From here on nothing can be made or changed at this mount point's own mount.
Result<void> make_read_only(const std::string& path);

enum class MountPoint { directory, file };
/// Makes `path` and what is missing on the way, as root's own; what is there stays. Error: `path` is of the other kind.
Result<void> make_mount_point(const std::string& path, MountPoint kind);

/// Mounts in this mount namespace are no longer seen in others, nor theirs here: a new mount that came from the host
/// would have none of the restrictions. What the host unmounts is let go by host_unmounts.h.
Result<void> keep_mounts_private();

/// `new_root`, a mount point, becomes `/` of this mount namespace; what was there is gone.
Result<void> change_root(const std::string& new_root);

}  // namespace fescue
