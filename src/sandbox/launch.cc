#include "sandbox/launch.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/argv.h"
#include "sandbox/descriptors.h"
#include "sandbox/process.h"
#include "sandbox/rlimits.h"
#include "sandbox/users.h"

namespace fescue {

namespace {

constexpr std::size_t kStackSize = 256 * 1024;
constexpr int kFirstClosed = 1 + static_cast<int>(kOutputs);

/// What parent and child share: the child runs in the parent's memory (CLONE_VM) while the parent waits (CLONE_VFORK),
/// which costs no copy of page tables and lets the child say why it failed.
struct Attempt {
  const WorkerSpec& spec;
  pid_t parent;
  std::vector<char*> argv, envp;
  Result<void> outcome;
};

Result<void> enter(int directory) {
  if (::fchdir(directory) != 0) return errno_error("enter the working directory");
  return ok();
}

Error execute(const Attempt& attempt) {
  const std::string& program = attempt.spec.program;
  ::execve(program.c_str(), attempt.argv.data(), attempt.envp.data());
  const int number = errno;
  const Error error = errno_error("run " + program, number);
  const bool half_there = number == ENOENT && ::access(program.c_str(), F_OK) == 0;
  return half_there ? Error(error.code(), error.message() + " (the file is there, its interpreter is not)") : error;
}

/// From a copy of the launcher to the function's program. Each step needs those above it: what takes root comes before
/// become_user(); what the run-as user's own rights must decide (directory, program) comes after it.
Result<void> become_worker(const Attempt& attempt) {
  const WorkerSpec& spec = attempt.spec;
  FESCUE_CHECK(own_session());
  FESCUE_TRY(directory, place_descriptors(spec));
  FESCUE_CHECK(limit_worker());
  FESCUE_CHECK(become_user(spec));
  FESCUE_CHECK(renounce_privileges());
  FESCUE_CHECK(die_with(attempt.parent));  // after become_user(), which would undo it
  FESCUE_CHECK(enter(directory));
  ::umask(0022);
  FESCUE_CHECK(close_from(kFirstClosed));
  unblock_signals();
  return execute(attempt);
}

int child_main(void* argument) {
  auto& attempt = *static_cast<Attempt*>(argument);
  attempt.outcome = become_worker(attempt);
  ::_exit(127);
}

}  // namespace

Result<pid_t> launch(const WorkerSpec& spec) {
  void* stack = ::mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return errno_error("make a stack");
  Attempt attempt{spec, ::getpid(), argv_of(spec.arguments), argv_of(spec.environment), ok()};
  const pid_t pid =
      ::clone(child_main, static_cast<char*>(stack) + kStackSize, CLONE_VM | CLONE_VFORK | SIGCHLD, &attempt);
  const int number = errno;
  ::munmap(stack, kStackSize);
  if (pid < 0) return errno_error("make a process", number);
  if (attempt.outcome) return pid;
  ::waitpid(pid, nullptr, 0);
  return attempt.outcome.error();
}

}  // namespace fescue
