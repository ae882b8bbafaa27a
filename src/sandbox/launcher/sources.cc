// Opening what a spec names: kinds and restrictions are checked on the descriptor, so that nothing changes in between.
#include "sandbox/launcher/sources.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/text/paths.h"
#include "sandbox/container/mounts.h"

namespace fescue {

namespace {

using Access = HostResource::Access;
using Kind = HostResource::Kind;

constexpr Restrictions kVolumeReadOnly{.read_only = true};

Error refused(const std::string& path, const std::string& why) {
  return Error(Code::permission_denied, "resource " + path + ": " + why);
}

Result<void> check_volume(const HostResource& resource) {
  const std::string& source = resource.source;
  const bool is_shared_memory = is_within(source, "/dev/shm");
  for (const char* top : {"/sys", "/var", "/dev"}) {
    if (is_within(source, top) && !is_shared_memory) {
      return refused(source, "a volume cannot be at or below " + std::string(top));
    }
  }
  if (is_shared_memory && resource.access != Access::read_write) {
    return refused(source, "/dev/shm can be attached read-write only");
  }
  if (is_within(source, "/proc") && resource.access != Access::read_only) {
    return refused(source, "/proc can be attached read-only only");
  }
  for (const char* top : {"/proc", "/sys", "/dev"}) {
    if (!is_within(resource.destination, top) || is_within(resource.destination, "/dev/shm")) continue;
    return refused(source, "a volume cannot be attached at or below " + std::string(top));
  }
  return ok();
}

Result<Fd> open_source(const std::string& path) {
  auto file = open_without_links(path);
  if (file) return file;
  return Error(file.error().code(), "resource " + file.error().message());
}

Result<struct stat> status_of(const Fd& file, const std::string& what) {
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return errno_error(what);
  return status;
}

Result<void> check_kind(const HostResource& resource, mode_t mode) {
  const bool is_device = S_ISCHR(mode) || S_ISBLK(mode);
  if (S_ISDIR(mode) || (resource.kind == Kind::device ? is_device : S_ISREG(mode))) return ok();
  const char* wanted = resource.kind == Kind::device ? "a device or a directory of devices" : "a file or a directory";
  return Error(Code::invalid_argument, "resource " + resource.source + ": it is not " + wanted);
}

const Restrictions& restrictions_of(const HostResource& resource) {
  if (resource.kind == Kind::device) return kDeviceNode;  // who may write is the cgroup's affair
  return resource.access == Access::read_only ? kVolumeReadOnly : kReadWrite;
}

struct OpenSource {
  Fd file;
  struct stat status;
};

Result<OpenSource> open_source(const HostResource& resource, const std::vector<std::string>& protected_directories) {
  FESCUE_CHECK(check_paths(resource, protected_directories));
  FESCUE_TRY(file, open_source(resource.source));
  FESCUE_TRY(status, status_of(file, resource.source));
  FESCUE_CHECK(check_kind(resource, status.st_mode));
  return OpenSource{std::move(file), status};
}

Result<gid_t> open_resource(HostResource& resource, const std::vector<std::string>& protected_directories) {
  FESCUE_TRY(source, open_source(resource, protected_directories));
  const Depth depth = S_ISDIR(source.status.st_mode) ? Depth::with_submounts : Depth::this_mount;
  auto mount = clone_mount(source.file.get(), "", depth, restrictions_of(resource));
  if (!mount) return mount.error().in("resource " + resource.source);
  resource.mount = std::move(*mount);
  return source.status.st_gid;
}

/// The kernel's own trees are no package of anybody's.
Result<void> check_is_of_files(const Fd& file, const std::string& what) {
  struct statfs system;
  if (::fstatfs(file.get(), &system) != 0) return errno_error(what);
  const auto type = static_cast<unsigned long>(system.f_type);
  for (const unsigned long forbidden : {PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC}) {
    if (type == forbidden) return Error(Code::permission_denied, what + " is a tree of the kernel's");
  }
  return ok();
}

Result<void> open_directory(Fd& directory, const std::string& what) {
  FESCUE_TRY(status, status_of(directory, what));
  if (!S_ISDIR(status.st_mode)) return Error(Code::invalid_argument, what + " is not a directory");
  FESCUE_CHECK(check_is_of_files(directory, what));
  FESCUE_TRY(mount, clone_mount(directory.get(), "", Depth::this_mount, kReadOnly));
  directory = std::move(mount);
  return ok();
}

Result<void> open_socket(Fd& socket) {
  FESCUE_TRY(status, status_of(socket, "the IPC socket"));
  if (!S_ISSOCK(status.st_mode)) return Error(Code::invalid_argument, "the IPC socket is not a socket");
  FESCUE_TRY(mount, clone_mount(socket.get(), "", Depth::this_mount, kReadOnly));
  socket = std::move(mount);
  return ok();
}

}  // namespace

Result<void> check_paths(const HostResource& resource, const std::vector<std::string>& protected_directories) {
  const std::string& source = resource.source;
  const bool is_device = resource.kind == Kind::device;
  if (is_device && (source == "/dev" || !is_within(source, "/dev"))) {
    return refused(source, "a device must be below /dev");
  }
  for (const char* other : {"/dev/shm", "/dev/pts", "/dev/mqueue", "/dev/hugepages"}) {
    if (is_device && is_within(source, other)) return refused(source, std::string("there are no devices in ") + other);
  }
  if (!is_device) FESCUE_CHECK(check_volume(resource));
  for (const auto& directory : protected_directories) {
    if (is_within(source, directory)) return refused(source, "it is in " + directory + ", which no function sees");
    if (is_within(directory, source)) return refused(source, "it holds " + directory + ", which no function sees");
  }
  return ok();
}

Result<SourceStatus> look_at_source(const HostResource& resource,
                                    const std::vector<std::string>& protected_directories) {
  FESCUE_TRY(source, open_source(resource, protected_directories));
  return SourceStatus{source.status.st_uid, source.status.st_gid, source.status.st_mode};
}

Result<std::set<gid_t>> open_sources(ContainerSpec& container, const std::vector<std::string>& protected_directories) {
  FESCUE_CHECK(open_directory(container.package, "the package"));
  FESCUE_CHECK(open_directory(container.runtimes, "the directory of runtimes"));
  FESCUE_CHECK(open_socket(container.socket));
  std::set<gid_t> owners;
  for (auto& resource : container.resources) {
    FESCUE_TRY(owner, open_resource(resource, protected_directories));
    owners.insert(owner);
  }
  return owners;
}

}  // namespace fescue
