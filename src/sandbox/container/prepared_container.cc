// Building the inside of a container: the order of mounts that is the same for all, then what one function gets.
#include "sandbox/container/prepared_container.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/text/paths.h"
#include "sandbox/container/dev.h"
#include "sandbox/container/host_mounts.h"
#include "sandbox/container/mounts.h"
#include "sandbox/container/namespaces.h"
#include "sandbox/container/place.h"
#include "sandbox/container/proc.h"

namespace fescue {

namespace {

/// Where the new root is put together. In this mount namespace nobody needs the host's /proc any more, and every host
/// has the directory.
const std::string kSite = "/proc";
const std::string kRoot = kSite + "/root";

const std::string kUsr = "/usr";

constexpr const char* kMaskOptions = "mode=0755,size=64k,nr_inodes=256";
constexpr unsigned long kMaskFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
constexpr int kTrialTimeout = 5000;  // milliseconds
constexpr const char* kResolver = "/etc/resolv.conf";

/// One file for each 4 KB, so that empty files are limited too.
std::string scratch_size(std::uint64_t kb) {
  return "size=" + std::to_string(kb) + "k,nr_inodes=" + std::to_string(1024 + kb / 4);
}

Result<void> make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0 && ::chmod(path.c_str(), mode) == 0) return ok();
  return errno_error("make the directory " + path);
}

Result<std::string> read_mountinfo() {
  std::ifstream file("/proc/self/mountinfo");
  if (!file) return Error(Code::io, "read /proc/self/mountinfo");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> mount_scratch() {
  const std::string options = "mode=0755," + scratch_size(ContainerSpec{}.scratch_kb);
  FESCUE_CHECK(mount_new("tmpfs", kSite, MS_NOSUID | MS_NODEV, options));
  for (const char* name : {"/root", "/upper", "/work", "/blank"}) FESCUE_CHECK(make_directory(kSite + name, 0755));
  for (const char* name : {"/tmp", "/shm"}) FESCUE_CHECK(make_directory(kSite + name, 01777));
  return ok();
}

Result<void> mount_root(const ContainerSettings& plan) {
  if (plan.without.contains("overlay")) return errno_error("mount overlay at " + kRoot, ENODEV);
  const std::string layers = "lowerdir=/,upperdir=" + kSite + "/upper,workdir=" + kSite + "/work";
  return mount_new("overlay", kRoot, MS_NOSUID | MS_NODEV, layers);
}

Result<void> show_host_mount(const std::string& point) {
  FESCUE_TRY(source, open_without_links(point));
  FESCUE_TRY(place, open_without_links(kRoot + point));
  FESCUE_TRY(mount, clone_mount(source.get(), "", Depth::this_mount, kReadOnly));
  return attach_mount(mount.get(), place, point);
}

/// One that cannot be shown (a stale network share) is left out: its place is then empty. So is one whose way has been
/// turned by a link meanwhile: some lie in directories of others than root.
void show_host_mounts(const std::string& mountinfo) {
  for (const auto& point : shown_host_mounts(mountinfo)) static_cast<void>(show_host_mount(point));
}

/// The host's programs and libraries, read-only and past the overlay: each overlay has directory entries of its own,
/// and a Python start that looks up hundreds of paths in a new one takes 2 ms longer. Not where this would hide
/// something.
Result<bool> share_usr(const ContainerSettings& plan, const std::string& mountinfo) {
  const auto is_in_usr = [](const std::string& path) { return is_within(path, kUsr); };
  if (std::ranges::any_of(plan.masks, is_in_usr)) return false;
  if (std::ranges::any_of(shown_host_mounts(mountinfo), is_in_usr)) return false;
  FESCUE_CHECK(bind_mount(kUsr, kRoot + kUsr, kReadOnly));
  return true;
}

/// Whoever may write there, or has something attached there, needs the overlay's, whose changes are thrown away.
bool needs_own_usr(const WorkerSpec& spec) {
  return spec.uid == 0 || std::ranges::any_of(spec.container->resources, [](const HostResource& resource) {
           return leads_into(resource.destination, kUsr);
         });
}

/// What holds the resolver's configuration, for hosts where it is a link to memory: its directory, since it is replaced
/// as networks come and go; at the top of /run or /tmp, where everybody's sockets and files are, it alone.
struct Resolver {
  std::string path;
  Fd mount;
};
bool is_everybodys(const std::string& directory) {
  return directory.find('/', 1) == std::string::npos || directory == "/var/run" || directory == "/var/tmp";
}
Resolver find_resolver() {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(kResolver, nullptr), &std::free);
  if (!real) return {};
  const std::string path(real.get());
  if (path == kResolver) return {};
  const std::string directory(parent_of(path));
  Resolver resolver{is_everybodys(directory) ? path : directory, {}};
  auto mount = clone_mount(AT_FDCWD, resolver.path, Depth::this_mount, kReadOnly);
  if (mount) resolver.mount = std::move(*mount);
  return resolver;
}

Result<MountPoint> kind_of(const Fd& mount) {
  struct stat status;
  if (::fstat(mount.get(), &status) != 0) return errno_error("stat a mount");
  return S_ISDIR(status.st_mode) ? MountPoint::directory : MountPoint::file;
}

Result<void> attach_at(const Fd& mount, const std::string& path, const std::string& what) {
  FESCUE_TRY(kind, kind_of(mount));
  FESCUE_CHECK(make_mount_point(path, kind));
  return attach_mount(mount.get(), path, what);
}

Result<void> attach_resolver(const Resolver& resolver) {
  if (!resolver.mount || ::access(kResolver, F_OK) == 0) return ok();
  return attach_at(resolver.mount, resolver.path, kResolver);
}

Result<void> resize_scratch(std::uint64_t kb) {
  if (kb == ContainerSpec{}.scratch_kb) return ok();
  const std::string options = scratch_size(kb);
  if (::mount(nullptr, "/tmp", nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV, options.c_str()) == 0) return ok();
  return errno_error("size the scratch space");
}

}  // namespace

std::string why_container_fails(const ContainerSettings& plan) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("make a pipe").message();
  const Fd read(ends[0]);
  Fd write(ends[1]);
  const auto pid = fork_process(PidNamespace::own);
  if (!pid) return pid.error().message();
  if (*pid == 0) {
    const auto container = PreparedContainer::make(plan);
    const std::string why = container ? "" : container.error().message();
    ::_exit(::write(write.get(), why.data(), why.size()) < 0);
  }
  write.reset();
  pollfd state{read.get(), POLLIN, 0};
  if (::poll(&state, 1, kTrialTimeout) != 1) {  // not waited for: it may hang in the kernel
    ::kill(*pid, SIGKILL);
    return "making one takes too long; is a network share of the host out of reach?";
  }
  std::string why(1024, '\0');
  const ssize_t size = ::read(read.get(), why.data(), why.size());
  why.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  ::waitpid(*pid, nullptr, 0);
  return why;
}

/// From the host's view to the inside of a container. Each step needs those above it: what needs paths of the host
/// comes before change_root(); what must follow no link out of the new root comes after it.
Result<PreparedContainer> PreparedContainer::make(const ContainerSettings& plan) {
  PreparedContainer container;
  ::umask(0022);
  FESCUE_CHECK(unshare_surroundings());
  FESCUE_CHECK(keep_mounts_private());
  FESCUE_TRY(mountinfo, read_mountinfo());
  FESCUE_TRY(sysfs, clone_mount(AT_FDCWD, "/sys", Depth::this_mount, kReadOnly));
  const Resolver resolver = find_resolver();

  FESCUE_CHECK(mount_scratch());
  FESCUE_CHECK(mount_root(plan));
  show_host_mounts(mountinfo);
  FESCUE_TRY(usr_is_shared, share_usr(plan, mountinfo));
  container.usr_is_shared_ = usr_is_shared;
  FESCUE_CHECK(mount_dev(kRoot + "/dev", kSite + "/shm"));
  FESCUE_CHECK(mount_proc(kRoot + "/proc", kSite + "/blank", kRoot + "/dev/null"));
  FESCUE_TRY(temporary, clone_mount(AT_FDCWD, kSite + "/tmp", Depth::this_mount, kReadWrite));
  FESCUE_CHECK(change_root(kRoot));

  FESCUE_CHECK(attach_at(temporary, "/tmp", "the scratch space"));
  FESCUE_CHECK(attach_resolver(resolver));
  for (const auto& path : plan.masks) FESCUE_CHECK(container.mask(path));
  if (!plan.without.contains("user-namespaces")) {
    FESCUE_TRY(user_namespace, make_user_namespace());
    container.user_namespace_ = std::move(user_namespace);
  }
  container.sysfs_ = std::move(sysfs);
  container.sealed_.push_back("/dev");
  return container;
}

Result<void> PreparedContainer::attach(const WorkerSpec& spec) {
  const ContainerSpec& container = *spec.container;
  if (user_namespace_) FESCUE_CHECK(map_ids(user_namespace_, spec));
  if (usr_is_shared_ && needs_own_usr(spec) && ::umount2(kUsr.c_str(), MNT_DETACH) != 0)
    return errno_error("uncover /usr");
  FESCUE_CHECK(resize_scratch(container.scratch_kb));
  FESCUE_CHECK(attach_at(container.package, "/lambda", "the package"));
  FESCUE_CHECK(attach_at(container.runtimes, "/runtime", "the runtimes"));
  FESCUE_CHECK(attach_at(container.socket, "/greengrass_ipc.sock", "the IPC socket"));
  if (container.sysfs) FESCUE_CHECK(attach_mount(sysfs_.get(), "/sys", "the host's /sys"));
  for (const auto& path : container.masks) FESCUE_CHECK(mask(path));
  FESCUE_CHECK(attach_resources(container));
  for (const auto& path : sealed_) FESCUE_CHECK(make_read_only(path));
  sysfs_.reset();
  return ok();
}

/// What is on the root's own mount is the host's, and of that a function can have written what a writable resource
/// shows.
Result<void> PreparedContainer::attach_resources(const ContainerSpec& container) {
  const auto written = [&](const std::string& path) {
    return std::ranges::any_of(container.resources, [&](const HostResource& each) {
      return each.access == HostResource::Access::read_write && is_within(path, each.source);
    });
  };
  for (const auto& resource : container.resources) {
    const std::string what = "the resource " + resource.source;
    FESCUE_TRY(kind, kind_of(resource.mount));
    auto place = open_place(resource.destination, kind, written);
    if (!place) return place.error().in(what);
    FESCUE_CHECK(attach_mount(resource.mount.get(), *place, what + " at " + resource.destination));
  }
  return ok();
}

/// Writable until it is sealed, so that a resource can be put below it.
Result<void> PreparedContainer::mask(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR)) return ok();
  FESCUE_CHECK(mount_new("tmpfs", path, kMaskFlags, kMaskOptions));
  sealed_.push_back(path);
  return ok();
}

}  // namespace fescue
