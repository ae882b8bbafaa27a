#include "sandbox/seccomp.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include <seccomp.h>

#include "base/fd.h"
#include "sandbox/seccomp_calls.h"

namespace fescue {

namespace {

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

constexpr std::uint64_t kNamespaceFlags = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                          CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME;

/// Local, internet, and the buses of devices (their access is decided by the kernel and the host's network).
constexpr int kAddressFamilies[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_CAN, AF_BLUETOOTH};

constexpr std::uint64_t kPersonalities[] = {0x0, 0x0008, 0x20000, 0x20008, 0xffffffff};

Error failed(std::string_view what, int negative_errno) { return errno_error(what, -negative_errno); }

template <class... Arguments>
Result<void> add_rule(const Filter& filter, std::uint32_t action, const char* name, Arguments... arguments) {
  const int call = ::seccomp_syscall_resolve_name(name);
  if (call == __NR_SCMP_ERROR) return ok();
  const scmp_arg_cmp comparisons[] = {arguments..., {}};
  const int added = ::seccomp_rule_add_array(filter.get(), action, call, sizeof...(arguments), comparisons);
  // Some calls of 32-bit machines cannot be told apart from their neighbours; those stay as if absent.
  if (added == 0 || added == -EDOM || added == -EEXIST) return ok();
  return failed("filter " + std::string(name), added);
}

Result<void> add_lists(const Filter& filter) {
  for (const char* name : kAllowedCalls) FESCUE_CHECK(add_rule(filter, SCMP_ACT_ALLOW, name));
  for (const char* name : kRefusedCalls) FESCUE_CHECK(add_rule(filter, SCMP_ACT_ERRNO(EPERM), name));
  return ok();
}

/// New threads and processes, not new namespaces. clone3() hides its flags in memory, where a filter cannot look: the C
/// libraries go back to clone() when it is missing.
Result<void> add_clone(const Filter& filter) {
  for (const char* name : {"clone", "unshare"}) {
    FESCUE_CHECK(add_rule(filter, SCMP_ACT_ALLOW, name, SCMP_A0(SCMP_CMP_MASKED_EQ, kNamespaceFlags, 0)));
    for (std::uint64_t flag = 1; flag <= kNamespaceFlags; flag <<= 1) {
      if ((kNamespaceFlags & flag) == 0) continue;
      FESCUE_CHECK(add_rule(filter, SCMP_ACT_ERRNO(EPERM), name, SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)));
    }
  }
  return ok();
}

Result<void> add_by_argument(const Filter& filter) {
  for (const int family : kAddressFamilies) {
    FESCUE_CHECK(add_rule(filter, SCMP_ACT_ALLOW, "socket", SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family))));
  }
  for (const auto value : kPersonalities) {
    FESCUE_CHECK(add_rule(filter, SCMP_ACT_ALLOW, "personality", SCMP_A0(SCMP_CMP_EQ, value)));
  }
  return ok();
}

/// Programs of the same machine's 32-bit form run on it too.
Result<void> add_sister(const Filter& filter) {
  const std::uint32_t native = ::seccomp_arch_native();
  const std::uint32_t sister = native == SCMP_ARCH_X86_64    ? SCMP_ARCH_X86
                               : native == SCMP_ARCH_AARCH64 ? SCMP_ARCH_ARM
                                                             : 0;
  if (sister == 0) return ok();
  const int added = ::seccomp_arch_add(filter.get(), sister);
  return added == 0 || added == -EEXIST ? ok() : failed("filter 32-bit calls", added);
}

Result<SeccompProgram> finished(const Filter& filter) {
  const Fd file(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!file) return errno_error("make room for the filter");
  if (const int exported = ::seccomp_export_bpf(filter.get(), file.get()); exported != 0) {
    return failed("compile the filter", exported);
  }
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  SeccompProgram program(static_cast<std::size_t>(size) / sizeof(sock_filter));
  if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
    return errno_error("read the filter");
  }
  return program;
}

}  // namespace

Result<SeccompProgram> compile_seccomp() {
  const Filter filter(::seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), &::seccomp_release);
  if (!filter) return Error(Code::internal, "make a filter: out of memory");
  ::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree instead of a list, where it is known
  FESCUE_CHECK(add_sister(filter));
  FESCUE_CHECK(add_lists(filter));
  FESCUE_CHECK(add_clone(filter));
  FESCUE_CHECK(add_by_argument(filter));
  return finished(filter);
}

Result<void> install_seccomp(const SeccompProgram& program) {
  const sock_fprog form{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &form, 0, 0) == 0) return ok();
  return errno_error("install the filter of system calls");
}

}  // namespace fescue
