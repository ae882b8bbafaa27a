// A Landlock ruleset that restricts nothing but its scope.
#include "sandbox/container/abstract_sockets.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/fd.h"

namespace fescue {

namespace {

/// As of Linux 6.12, whose headers few hosts have.
struct Ruleset {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};
constexpr std::uint64_t kAbstractSockets = 1;

/// E2BIG: the kernel knows no scopes; EINVAL: not this one; EOPNOTSUPP: Landlock is switched off.
bool cannot(int number) { return number == ENOSYS || number == EOPNOTSUPP || number == E2BIG || number == EINVAL; }

}  // namespace

Result<void> leave_abstract_sockets() {
  Ruleset rules;
  rules.scoped = kAbstractSockets;
  const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  if (!ruleset && cannot(errno)) return ok();
  if (!ruleset) return errno_error("make a scope for sockets");
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return errno_error("enter the scope for sockets");
  return ok();
}

}  // namespace fescue
