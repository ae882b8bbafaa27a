// The nodes, links and mounts of a container's /dev, in their order.
#include "sandbox/container/dev.h"

#include <sys/mount.h>
#include <unistd.h>

#include "sandbox/container/mounts.h"

namespace fescue {

namespace {

Result<void> bind_nodes(const std::string& path) {
  for (const std::string node : kDevNodes) {
    const std::string source = "/dev/" + node;
    if (::access(source.c_str(), F_OK) != 0) continue;
    FESCUE_CHECK(make_mount_point(path + "/" + node, MountPoint::file));
    FESCUE_CHECK(bind_mount(source, path + "/" + node, kDeviceNode));
  }
  return ok();
}

Result<void> make_links(const std::string& path) {
  for (const auto& [name, target] : kDevLinks) {
    const std::string link = path + "/" + name;
    if (::symlink(target, link.c_str()) != 0) return errno_error("make the link " + link);
  }
  return ok();
}

}  // namespace

Result<void> mount_dev(const std::string& path, const std::string& shared_memory) {
  FESCUE_CHECK(mount_new("tmpfs", path, MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k,nr_inodes=256"));
  FESCUE_CHECK(bind_nodes(path));
  FESCUE_CHECK(make_links(path));
  for (const std::string directory : kDevMounts) {
    FESCUE_CHECK(make_mount_point(path + "/" + directory, MountPoint::directory));
  }
  FESCUE_CHECK(mount_new("devpts", path + "/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,max=64"));
  FESCUE_CHECK(bind_mount(shared_memory, path + "/shm", kReadWrite));
  return mount_new("mqueue", path + "/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
}

}  // namespace fescue
