// Comparing the host's mounts with what they were, and taking off their copies here.
#include "sandbox/container/host_unmounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/text/mount_info.h"
#include "sandbox/container/mounts.h"

namespace fescue {

namespace {

std::string read_from_start(const Fd& file) {
  std::string text;
  std::array<char, 16384> buffer;
  ::lseek(file.get(), 0, SEEK_SET);
  for (ssize_t size; (size = ::read(file.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

/// Only if it is this very mount: a function that runs as root may have moved directories meanwhile.
void take_off(const MountInfo& mount) {
  const auto place = open_without_links(mount.point);
  struct statx status;
  if (!place || ::statx(place->get(), "", AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0) return;
  if (std::to_string(status.stx_mnt_id) != mount.id) return;
  ::umount2(("/proc/self/fd/" + std::to_string(place->get())).c_str(), MNT_DETACH);
}

}  // namespace

Result<void> HostUnmounts::watch() {
  host_.reset(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  if (!host_) return errno_error("open the host's mountinfo");
  devices_ = read_host();
  return ok();
}

std::set<std::string> HostUnmounts::read_host() const {
  std::set<std::string> devices;
  for (auto& mount : parse_mountinfo(read_from_start(host_))) devices.insert(std::move(mount.device));
  return devices;
}

void HostUnmounts::let_go() {
  const std::set<std::string> before = std::exchange(devices_, read_host());
  const Fd own(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  if (!own) return;
  for (const auto& mount : parse_mountinfo(read_from_start(own))) {
    if (before.contains(mount.device) && !devices_.contains(mount.device)) take_off(mount);
  }
}

}  // namespace fescue
