// Making a namespace with a helper process, writing its maps, and entering it.
#include "sandbox/container/user_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <set>
#include <string>

namespace fescue {

namespace {

/// A namespace needs a process in it until it has a handle.
int stay(void*) {
  while (true) ::pause();
}

Result<Fd> open_of(pid_t pid, const char* name, int flags) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  Fd file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file) return errno_error("open " + path);
  return file;
}

Result<UserNamespace> open_namespace(pid_t pid) {
  FESCUE_TRY(handle, open_of(pid, "ns/user", O_RDONLY));
  FESCUE_TRY(uid_map, open_of(pid, "uid_map", O_WRONLY));
  FESCUE_TRY(gid_map, open_of(pid, "gid_map", O_WRONLY));
  return UserNamespace{std::move(handle), std::move(uid_map), std::move(gid_map)};
}

Result<void> write_map(const Fd& file, const std::set<std::uint32_t>& ids, const char* what) {
  std::string map;
  for (const auto id : ids) map += std::to_string(id) + " " + std::to_string(id) + " 1\n";
  if (::write(file.get(), map.data(), map.size()) == static_cast<ssize_t>(map.size())) return ok();
  return errno_error(what);
}

bool is_switched_off(int number) { return number == ENOSPC || number == EINVAL || number == EPERM || number == EUSERS; }

}  // namespace

Result<UserNamespace> make_user_namespace() {
  alignas(16) std::array<char, 16384> stack;
  const pid_t pid = ::clone(stay, stack.data() + stack.size(), CLONE_NEWUSER | CLONE_VM | SIGCHLD, nullptr);
  if (pid < 0 && is_switched_off(errno)) return UserNamespace{};
  if (pid < 0) return errno_error("make a user namespace");
  auto opened = open_namespace(pid);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  return opened;
}

Result<void> map_ids(const UserNamespace& user_namespace, const WorkerSpec& spec) {
  FESCUE_CHECK(write_map(user_namespace.uid_map, {spec.uid}, "map the uid"));
  std::set<std::uint32_t> gids(spec.groups.begin(), spec.groups.end());
  gids.insert(spec.gid);
  return write_map(user_namespace.gid_map, gids, "map the groups");
}

Result<void> enter_user_namespace(const UserNamespace& user_namespace) {
  if (::setns(user_namespace.handle.get(), CLONE_NEWUSER) == 0) return ok();
  return errno_error("enter the user namespace");
}

}  // namespace fescue
