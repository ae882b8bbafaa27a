// The launcher's directory in a hierarchy, made and locked, and the sweep of those that dead launchers left.
#include "sandbox/cgroup/cgroup_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/worker_cgroup_name.h"

namespace fescue {

namespace {

constexpr std::chrono::milliseconds kSweepTimeout{1000};
constexpr int kNameTries = 16;

/// False if another process has locked it, or removed it before it was locked.
bool lock(const CgroupDirectory& directory) {
  if (::syscall(SYS_flock, directory.fd(), LOCK_EX | LOCK_NB) != 0) return false;
  struct stat held, named;
  return ::fstat(directory.fd(), &held) == 0 && ::stat(directory.path().c_str(), &named) == 0 &&
         held.st_ino == named.st_ino;
}

/// Kills everything in the group and below: by cgroup.kill where the kernel has it, else one by one.
void kill_all(const CgroupDirectory& group, std::chrono::milliseconds timeout) {
  static_cast<void>(group.write("freezer.state", "THAWED"));  // whoever was to kill it may have died over it
  static_cast<void>(group.write("cgroup.kill", "1"));
  for (const auto& name : group.children()) {
    if (const auto child = group.open_child(name)) kill_all(*child, timeout);
  }
  group.kill_processes(timeout);
}

/// What a dead launcher has left is of no use to anybody; what cannot be removed waits for the next start.
void sweep(const CgroupDirectory& parent) {
  for (const auto& name : parent.children()) {
    if (!is_launcher_group(name)) continue;
    const auto left = parent.open_child(name);
    if (!left || !lock(*left)) continue;
    kill_all(*left, kSweepTimeout);
    static_cast<void>(parent.remove_child(name, kSweepTimeout));
  }
}

}  // namespace

Result<CgroupTree> CgroupTree::make(const std::string& parent_path, const std::string& home_path) {
  FESCUE_TRY(parent, CgroupDirectory::open(parent_path));
  FESCUE_TRY(home, CgroupDirectory::open(home_path));
  sweep(parent);
  const std::string wanted = std::string(kLauncherGroupPrefix) + std::to_string(::getpid());
  for (int i = 0; i < kNameTries; ++i) {  // in another pid namespace a process may have the same pid
    const std::string name = i == 0 ? wanted : wanted + "-" + std::to_string(i);
    FESCUE_TRY(directory, parent.make_child(name));
    if (lock(directory)) return CgroupTree(std::move(parent), std::move(directory), std::move(home), name);
  }
  return Error(Code::already_exists, "make " + parent_path + "/" + wanted + ": all such names are taken");
}

bool CgroupTree::finish(const std::string& name) const {
  const auto child = directory_.open_child(name);
  if (!child) return true;
  kill_all(*child, std::chrono::milliseconds(0));
  return static_cast<bool>(directory_.remove_child(name, std::chrono::milliseconds(0)));
}

bool CgroupTree::remove() const {
  return ::unlinkat(parent_.fd(), name_.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT;
}

}  // namespace fescue
