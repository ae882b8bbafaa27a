// open_tree(2), move_mount(2), mount_setattr(2) and their relatives, with errors that name the path.
#include "sandbox/container/mounts.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/text/paths.h"

namespace fescue {

namespace {

constexpr mode_t kDirectoryMode = 0755;

std::uint64_t attributes_of(const Restrictions& restrictions) {
  std::uint64_t attributes = MOUNT_ATTR_NOSUID;
  if (restrictions.read_only) attributes |= MOUNT_ATTR_RDONLY;
  if (restrictions.no_devices) attributes |= MOUNT_ATTR_NODEV;
  if (restrictions.no_programs) attributes |= MOUNT_ATTR_NOEXEC;
  return attributes;
}

Error too_old() { return Error(Code::unimplemented, "containers need Linux 5.12 or newer"); }

unsigned recursion(Depth depth) { return depth == Depth::with_submounts ? AT_RECURSIVE : 0; }

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), kDirectoryMode) == 0 || errno == EEXIST) return ok();
  return errno_error("make the directory " + path);
}

}  // namespace

Result<Fd> open_without_links(const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  Fd file(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (file) return file;
  if (errno != ELOOP) return errno_error(path);
  return Error(Code::permission_denied, path + ": it is or passes through a symbolic link; name where that leads");
}

Result<Fd> clone_mount(int directory, const std::string& path, Depth depth, const Restrictions& restrictions) {
  const unsigned from = path.empty() ? AT_EMPTY_PATH : 0;
  Fd mount(::open_tree(directory, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | from | recursion(depth)));
  if (!mount && errno == ENOSYS) return too_old();
  if (!mount) return errno_error("clone the mount of " + path);
  mount_attr change{};
  change.attr_set = attributes_of(restrictions);
  change.propagation = MS_PRIVATE;
  if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH | recursion(depth), &change, sizeof change) != 0) {
    return errno == ENOSYS ? too_old() : errno_error("restrict the mount of " + path);
  }
  return mount;
}

Result<void> attach_mount(int mount, const std::string& path, const std::string& what) {
  if (::move_mount(mount, "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0) return ok();
  return errno_error("attach " + what + " at " + path);
}

Result<void> attach_mount(int mount, const Fd& place, const std::string& what) {
  if (::move_mount(mount, "", place.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0) return ok();
  return errno_error("attach " + what);
}

Result<void> bind_mount(const std::string& source, const std::string& path, const Restrictions& restrictions) {
  FESCUE_TRY(mount, clone_mount(AT_FDCWD, source, Depth::this_mount, restrictions));
  return attach_mount(mount.get(), path, source);
}

Result<void> mount_new(const char* type, const std::string& path, unsigned long flags, const std::string& options) {
  if (::mount("fescue", path.c_str(), type, flags, options.c_str()) == 0) return ok();
  return errno_error("mount " + std::string(type) + " at " + path);
}

Result<void> make_read_only(const std::string& path) {
  mount_attr change{};
  change.attr_set = MOUNT_ATTR_RDONLY;
  if (::mount_setattr(AT_FDCWD, path.c_str(), 0, &change, sizeof change) == 0) return ok();
  return errno_error("make " + path + " read-only");
}

Result<void> make_mount_point(const std::string& path, MountPoint kind) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0) {
    const bool is_directory = S_ISDIR(status.st_mode);
    if (is_directory == (kind == MountPoint::directory)) return ok();
    return Error(Code::conflict, path + (is_directory ? " is a directory" : " is not a directory") + " on the host");
  }
  if (errno != ENOENT) return errno_error("stat " + path);
  const std::string parent(parent_of(path));
  if (parent != "/") FESCUE_CHECK(make_mount_point(parent, MountPoint::directory));
  if (kind == MountPoint::directory) return make_directory(path);
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!file) return errno_error("make the file " + path);
  return ok();
}

Result<void> keep_mounts_private() {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) return ok();
  return errno_error("keep mounts private");
}

Result<void> change_root(const std::string& new_root) {
  if (::chdir(new_root.c_str()) != 0) return errno_error("enter " + new_root);
  // Both roots at one place: the old one ends up on top of the new one and is taken off.
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return errno_error("make " + new_root + " the root");
  if (::umount2(".", MNT_DETACH) != 0) return errno_error("leave the old root");
  if (::chdir("/") != 0) return errno_error("enter the new root");
  return ok();
}

}  // namespace fescue
