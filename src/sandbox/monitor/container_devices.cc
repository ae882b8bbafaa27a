// Reads attached directories of devices.
#include "sandbox/monitor/container_devices.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <memory>

namespace fescue {

namespace {

constexpr int kDeviceDepth = 3;  // /dev/bus/usb/001/002
constexpr std::size_t kMostDeviceRules = 100;

/// All devices of the drivers (major numbers) whose nodes are in this directory: its nodes come and go, as those of USB
/// do.
void add_drivers_below(int directory, DeviceRule::Access access, int depth, std::vector<DeviceRule>& rules) {
  const int opened = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opened < 0 ? nullptr : ::fdopendir(opened), &::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    struct stat status;
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || rules.size() >= kMostDeviceRules) continue;
    if (::fstatat(opened, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode) && depth > 0) {
      const Fd below(::openat(opened, entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (below) add_drivers_below(below.get(), access, depth - 1, rules);
    }
    if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) continue;
    const auto kind = S_ISBLK(status.st_mode) ? DeviceRule::Kind::block : DeviceRule::Kind::character;
    const bool is_known = std::ranges::any_of(rules, [&](const DeviceRule& rule) {
      return rule.kind == kind && rule.major == major(status.st_rdev) && !rule.minor && rule.access == access;
    });
    if (!is_known) rules.push_back({kind, major(status.st_rdev), std::nullopt, access});
  }
}

}  // namespace

Result<std::vector<DeviceRule>> devices_of(const ContainerSpec& container) {
  auto rules = common_devices();
  for (const auto& resource : container.resources) {
    if (resource.kind != HostResource::Kind::device) continue;
    struct stat status;
    if (::fstat(resource.mount.get(), &status) != 0) return errno_error("stat " + resource.source);
    const bool writes = resource.access == HostResource::Access::read_write;
    const auto access = writes ? DeviceRule::Access::read_write : DeviceRule::Access::read;
    if (S_ISDIR(status.st_mode)) {
      add_drivers_below(resource.mount.get(), access, kDeviceDepth, rules);
    } else {
      rules.push_back({S_ISBLK(status.st_mode) ? DeviceRule::Kind::block : DeviceRule::Kind::character,
                       major(status.st_rdev), minor(status.st_rdev), access});
    }
  }
  return rules;
}

}  // namespace fescue
