// become_worker(): every step from the fork to execve(2), in order, and how a step that fails is told to the parent.
#include "sandbox/process/launch.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/capabilities.h"
#include "sandbox/container/abstract_sockets.h"
#include "sandbox/container/namespaces.h"
#include "sandbox/container/users.h"
#include "sandbox/process/argv.h"
#include "sandbox/process/descriptors.h"
#include "sandbox/process/process.h"
#include "sandbox/process/program.h"
#include "sandbox/process/rlimits.h"

namespace fescue {

namespace {

constexpr std::size_t kStackSize = 256 * 1024;

/// What parent and child share: the child runs in the parent's memory (CLONE_VM) while the parent waits (CLONE_VFORK),
/// which costs no copy of page tables and lets the child say why it failed.
struct Attempt {
  const WorkerSpec& spec;
  const ContainerContext* context;
  pid_t parent;
  std::vector<char*> argv, envp;
  pid_t host_pid;
  Result<void> outcome;
  bool has_failed = false;  // once `outcome` says why
};

/// "self" of the host's /proc is the pid that the host knows this process by.
Result<pid_t> pid_on_host(int host_proc) {
  std::array<char, 32> text{};
  if (::readlinkat(host_proc, "self", text.data(), text.size() - 1) <= 0) return errno_error("read the host's pid");
  return std::atoi(text.data());
}

/// The end of what only root can do: from here on there is nothing outside the container's own namespaces to be root
/// of.
Result<void> give_up_root(Attempt& attempt) {
  FESCUE_TRY(pid, pid_on_host(attempt.context->host_proc));
  attempt.host_pid = pid;
  FESCUE_CHECK(unshare_cgroup_view());
  const UserNamespace& user_namespace = attempt.context->container.user_namespace();
  if (user_namespace) FESCUE_CHECK(enter_user_namespace(user_namespace));
  return renounce_capabilities();
}

/// In a container the package; a descriptor of the host's would lead out of it.
Result<void> enter(int directory, const ContainerContext* context) {
  const int entered = context ? ::chdir("/lambda") : ::fchdir(directory);
  if (entered != 0) return errno_error("enter the working directory");
  return ok();
}

/// To be told to the monitor what it refuses, if the host can tell.
Result<void> filter_calls(const ContainerContext& context) {
  FESCUE_TRY(listener, install_seccomp(context.filter));
  return listener ? context.denied_calls.hand_over(listener) : ok();
}

Error execute(const Attempt& attempt) {
  const std::string& program = attempt.spec.program;
  if (attempt.spec.rehearsal) {
    const auto checked = check_program(program);
    if (checked) ::_exit(0);
    return checked.error();
  }
  ::execve(program.c_str(), attempt.argv.data(), attempt.envp.data());
  const int number = errno;
  const Error error = errno_error("run " + program, number);
  const bool half_there = number == ENOENT && ::access(program.c_str(), F_OK) == 0;
  return half_there ? Error(error.code(), error.message() + " (the file is there, its interpreter is not)") : error;
}

/// From a copy of the monitor to the function's program. Each step needs those above it: what takes root comes before
/// become_user(); what the run-as user's own rights must decide (directory, program) comes after it; the filter of
/// system calls would forbid most of the others.
Result<void> become_worker(Attempt& attempt) {
  const WorkerSpec& spec = attempt.spec;
  const ContainerContext* context = attempt.context;
  FESCUE_CHECK(own_session());
  FESCUE_TRY(directory, place_descriptors(spec));
  FESCUE_CHECK(limit_worker());
  if (context) FESCUE_CHECK(give_up_root(attempt));
  FESCUE_CHECK(become_user(spec));
  if (context) FESCUE_CHECK(drop_capabilities());
  FESCUE_CHECK(renounce_privileges());
  if (context) FESCUE_CHECK(leave_abstract_sockets());
  FESCUE_CHECK(die_with(attempt.parent));  // after become_user(), which would undo it
  FESCUE_CHECK(enter(directory, context));
  ::umask(0022);
  if (context) FESCUE_CHECK(filter_calls(*context));
  FESCUE_CHECK(close_from(first_unwanted(spec)));
  unblock_signals();
  return execute(attempt);
}

int child_main(void* argument) {
  auto& attempt = *static_cast<Attempt*>(argument);
  attempt.outcome = become_worker(attempt);
  attempt.has_failed = true;
  ::_exit(127);
}

}  // namespace

Result<WorkerPids> launch(const WorkerSpec& spec, const ContainerContext* context) {
  void* stack = ::mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return errno_error("make a stack");
  Attempt attempt{.spec = spec,
                  .context = context,
                  .parent = ::getpid(),
                  .argv = argv_of(spec.arguments),
                  .envp = argv_of(spec.environment),
                  .host_pid = 0,
                  .outcome = ok()};
  const pid_t pid =
      ::clone(child_main, static_cast<char*>(stack) + kStackSize, CLONE_VM | CLONE_VFORK | SIGCHLD, &attempt);
  const int number = errno;
  ::munmap(stack, kStackSize);
  if (pid < 0) return errno_error("make a process", number);
  if (!attempt.has_failed) return WorkerPids{pid, context ? attempt.host_pid : pid};
  ::waitpid(pid, nullptr, 0);
  return attempt.outcome.error();
}

}  // namespace fescue
