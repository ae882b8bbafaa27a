// Sessions, signals, the end with the parent, child subreapers, and the killing of everything below.
#include "sandbox/process/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>

#include "base/text/parse_number.h"

namespace fescue {

namespace {

/// Field 4 of /proc/PID/stat; the name in field 2 may hold anything, so it is read from the last parenthesis on.
std::optional<pid_t> parent_of(int proc, const char* pid) {
  const Fd file(::openat(proc, (std::string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  char text[512];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text) : -1;
  if (size <= 0) return std::nullopt;  // it has gone meanwhile
  const std::string_view line(text, static_cast<std::size_t>(size));
  const auto name_end = line.rfind(')');
  if (name_end == std::string_view::npos || name_end + 4 >= line.size()) return std::nullopt;
  const std::string_view parent = line.substr(name_end + 4);  // ") S 123 ..."
  return parse_number<pid_t>(parent.substr(0, parent.find(' ')));
}

}  // namespace

Result<void> own_session() {
  if (::setsid() < 0) return errno_error("make a session");
  return ok();
}

void silence_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  // Past glibc, which keeps two signals to itself; the kernel's struct of zeros is the default action.
  const std::array<long, 16> by_default{};
  for (int number = 1; number < NSIG; ++number) {
    ::syscall(SYS_rt_sigaction, number, by_default.data(), nullptr, (NSIG - 1) / 8);
  }
}

void unblock_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

Result<void> die_with(pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno_error("end with the parent");
  if (::getppid() != parent) return Error(Code::cancelled, "the parent is dead");
  return ok();
}

Result<void> adopt_orphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return errno_error("adopt orphans");
  return ok();
}

Result<Fd> child_exits() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return errno_error("watch for dead children");
  return fd;
}

void drain_child_exits(int signal_fd) {
  signalfd_siginfo info;
  while (::read(signal_fd, &info, sizeof info) > 0) {
  }
}

Result<std::optional<DeadChild>> reap() {
  DeadChild child;
  child.pid = ::wait4(-1, &child.status, WNOHANG, &child.usage);
  if (child.pid < 0 && errno == ECHILD) return Error(Code::not_found, "no children");
  if (child.pid < 0) return errno_error("wait for a child");
  if (child.pid == 0) return std::optional<DeadChild>();
  return std::optional(child);
}

Result<void> kill_children(const std::set<pid_t>& spared) {
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir("/proc"), &::closedir);
  if (!proc) return errno_error("list /proc");
  const pid_t self = ::getpid();
  while (const dirent* entry = ::readdir(proc.get())) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (parent_of(::dirfd(proc.get()), entry->d_name) != self) continue;
    const pid_t pid = std::atoi(entry->d_name);
    if (!spared.contains(pid)) ::kill(pid, SIGKILL);
  }
  return ok();
}

Result<void> kill_everyone_else() {
  FESCUE_ASSERT(::getpid() == 1);
  if (::kill(-1, SIGKILL) != 0 && errno != ESRCH) return errno_error("kill the container");
  return ok();
}

}  // namespace fescue
