// unshare(2), setns(2) and fork(2) for pid, mount, IPC, UTS and cgroup namespaces.
#include "sandbox/container/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"

namespace fescue {

namespace {

Result<pid_t> fork_into_new_pid_namespace() {
  const Fd own(::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
  if (!own) return errno_error("open this pid namespace");
  // From here on it is the children that are born there; this process stays where it is.
  if (::unshare(CLONE_NEWPID) != 0) return errno_error("make a pid namespace");
  const pid_t pid = ::fork();
  const int number = errno;
  if (pid == 0) return pid;
  const int status = ::setns(own.get(), CLONE_NEWPID);
  FESCUE_ASSERT(status == 0);
  if (pid < 0) return errno_error("make the first process of a pid namespace", number);
  return pid;
}

}  // namespace

Result<pid_t> fork_process(PidNamespace pid_namespace) {
  if (pid_namespace == PidNamespace::own) return fork_into_new_pid_namespace();
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("make a process");
  return pid;
}

Result<void> unshare_surroundings() {
  if (::unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS) == 0) return ok();
  return errno_error("make mount, ipc and uts namespaces");
}

Result<void> unshare_cgroup_view() {
  if (::unshare(CLONE_NEWCGROUP) == 0 || errno == EINVAL) return ok();  // EINVAL: a kernel without cgroups
  return errno_error("make a cgroup namespace");
}

}  // namespace fescue
