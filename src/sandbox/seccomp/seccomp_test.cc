// The filter as a program; what it does to a worker is in escape_test.cc.
#include "sandbox/seccomp/seccomp.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <seccomp.h>

#include "sandbox/seccomp/seccomp_calls.h"

namespace fescue {
namespace {

/// What the kernel would answer: the few instructions that filters are made of.
std::uint32_t verdict(const SeccompProgram& program, const seccomp_data& call) {
  std::uint32_t loaded = 0;
  for (std::size_t at = 0;; ++at) {
    const sock_filter& step = program.at(at);
    const auto branch = [&](bool holds) { at += holds ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&loaded, reinterpret_cast<const char*>(&call) + step.k, sizeof loaded);
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        branch(loaded == step.k);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        branch(loaded >= step.k);
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        branch((loaded & step.k) != 0);
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        ADD_FAILURE() << "instruction " << step.code;
        return 0;
    }
  }
}

class Seccomp : public ::testing::Test {
 protected:
  std::uint32_t verdict_on(int number, std::uint64_t first = 0, std::uint64_t second = 0, std::uint64_t third = 0,
                           std::uint64_t fourth = 0) {
    seccomp_data call{};
    call.nr = number;
    call.arch = ::seccomp_arch_native();
    call.args[0] = first;
    call.args[1] = second;
    call.args[2] = third;
    call.args[3] = fourth;
    return verdict(program, call);
  }

  SeccompProgram program = make_seccomp_program({Listening::no});
};

constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kAbsent = SECCOMP_RET_ERRNO | ENOSYS;

/// Of the names that this machine knows.
std::set<int> numbers_of(std::span<const char* const> names) {
  std::set<int> numbers;
  for (const char* name : names) numbers.insert(std::max(0, ::seccomp_syscall_resolve_name(name)));
  numbers.erase(0);  // negative: of other machines; and read(2), which is not missed
  return numbers;
}

TEST_F(Seccomp, EveryNameHasItsVerdict) {
  for (const int number : numbers_of(kAllowedCalls)) EXPECT_EQ(verdict_on(number), SECCOMP_RET_ALLOW) << number;
  for (const int number : numbers_of(kRefusedCalls)) EXPECT_EQ(verdict_on(number), kRefuse) << number;
}

TEST_F(Seccomp, WhatIsInNoListIsAbsent) {
  EXPECT_EQ(verdict_on(SYS_clone3), kAbsent);
  EXPECT_EQ(verdict_on(SYS_io_uring_setup), kAbsent);
  for (const int number : {5000, 0x40000000, 0x40000000 + SYS_mount, -1})
    EXPECT_EQ(verdict_on(number), kAbsent) << number;
}

TEST_F(Seccomp, ProcessesCanBeMadeAndNamespacesCannot) {
  EXPECT_EQ(verdict_on(SYS_clone, SIGCHLD), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_clone, CLONE_VM | CLONE_FILES | CLONE_THREAD | CLONE_SIGHAND), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_unshare, CLONE_FS), SECCOMP_RET_ALLOW);
  for (const std::uint64_t flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP}) {
    EXPECT_EQ(verdict_on(SYS_clone, flag | SIGCHLD), kRefuse) << flag;
    EXPECT_EQ(verdict_on(SYS_unshare, flag), kRefuse) << flag;
    EXPECT_EQ(verdict_on(SYS_unshare, flag | 1ull << 32), kRefuse) << flag;
  }
}

TEST_F(Seccomp, ArgumentsAreReadAsTheKernelReadsThem) {
  EXPECT_EQ(verdict_on(SYS_socket, AF_INET6), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_socket, AF_ALG), kRefuse);
  EXPECT_EQ(verdict_on(SYS_socket, AF_ALG | 1ull << 32), kRefuse);
  EXPECT_EQ(verdict_on(SYS_personality, 0xffffffff), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_personality, 0x0400000), kRefuse);  // READ_IMPLIES_EXEC
}

TEST_F(Seccomp, OfNetlinkOnlyRoutesAndWithDevicesTheirEvents) {
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), SECCOMP_RET_ALLOW);
  for (const int protocol : {NETLINK_SOCK_DIAG, NETLINK_NETFILTER, NETLINK_AUDIT, NETLINK_XFRM, NETLINK_GENERIC}) {
    EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, protocol), kRefuse) << protocol;
  }
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), kRefuse);
  program = make_seccomp_program({.listening = Listening::no, .device_events = DeviceEvents::yes});
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), kRefuse);
}

TEST_F(Seccomp, RootsIdsAreNotLeftInModes) {
  EXPECT_EQ(verdict_on(SYS_fchmod, 3, 04755), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_openat2), SECCOMP_RET_ALLOW);
  program = make_seccomp_program({.listening = Listening::no, .set_id_files = SetIdFiles::no});
  for (const std::uint64_t mode : {04755, 02755, 06000}) {
    EXPECT_EQ(verdict_on(SYS_fchmod, 3, mode), kRefuse);
    EXPECT_EQ(verdict_on(SYS_fchmodat, AT_FDCWD, 1, mode), kRefuse);
    EXPECT_EQ(verdict_on(SYS_mknodat, AT_FDCWD, 1, mode | S_IFREG), kRefuse);
    EXPECT_EQ(verdict_on(SYS_openat, AT_FDCWD, 1, O_CREAT | O_WRONLY, mode), kRefuse);
    EXPECT_EQ(verdict_on(SYS_openat, AT_FDCWD, 1, O_TMPFILE | O_WRONLY, mode), kRefuse);
    EXPECT_EQ(verdict_on(SYS_openat, AT_FDCWD, 1, O_RDONLY | O_DIRECTORY, mode), SECCOMP_RET_ALLOW);
  }
#ifdef SYS_chmod
  EXPECT_EQ(verdict_on(SYS_chmod, 1, 04755), kRefuse);
  EXPECT_EQ(verdict_on(SYS_creat, 1, 04755), kRefuse);
  EXPECT_EQ(verdict_on(SYS_mknod, 1, S_IFREG | 04755), kRefuse);
  EXPECT_EQ(verdict_on(SYS_open, 1, O_CREAT | O_WRONLY, 04755), kRefuse);
  EXPECT_EQ(verdict_on(SYS_open, 1, O_RDONLY, 04755), SECCOMP_RET_ALLOW);
#endif
  EXPECT_EQ(verdict_on(SYS_fchmod, 3, 01755), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_openat, AT_FDCWD, 1, O_CREAT | O_WRONLY, 0644), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict_on(SYS_openat2), kAbsent);
}

TEST_F(Seccomp, AWorkersFilterFollowsItsIdsAndDevices) {
  const SeccompFilters filters(Listening::no);
  const auto choose = [&](const WorkerSpec& worker) { program = filters.of(worker).silent; };
  WorkerSpec worker;
  worker.uid = worker.gid = 54321;
  choose(worker);
  EXPECT_EQ(verdict_on(SYS_fchmod, 3, 04755), SECCOMP_RET_ALLOW);
  worker.groups = {0};
  choose(worker);
  EXPECT_EQ(verdict_on(SYS_fchmod, 3, 04755), kRefuse);
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), kRefuse);
  worker.container.emplace().resources.push_back(
      {.kind = HostResource::Kind::device, .source = "", .destination = "", .mount = {}});
  choose(worker);
  EXPECT_EQ(verdict_on(SYS_fchmod, 3, 04755), kRefuse);
  EXPECT_EQ(verdict_on(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), SECCOMP_RET_ALLOW);
  EXPECT_TRUE(filters.of(worker).listening.empty());
}

TEST_F(Seccomp, AnotherMachinesCallsEndTheProcess) {
  seccomp_data call{};
  call.arch = AUDIT_ARCH_PPC;
  EXPECT_EQ(verdict(program, call), SECCOMP_RET_KILL_PROCESS);
}

TEST_F(Seccomp, AListenerIsAskedAboutWhatIsRefusedAndNothingElse) {
  const SeccompProgram silent = std::exchange(program, make_seccomp_program({Listening::yes}));
  for (const int number : numbers_of(kRefusedCalls)) EXPECT_EQ(verdict_on(number), SECCOMP_RET_USER_NOTIF) << number;
  EXPECT_EQ(verdict_on(SYS_unshare, CLONE_NEWUSER), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(verdict_on(SYS_socket, AF_PACKET), SECCOMP_RET_USER_NOTIF);
  seccomp_data foreign{};
  foreign.arch = AUDIT_ARCH_PPC;
  EXPECT_EQ(verdict(program, foreign), SECCOMP_RET_USER_NOTIF);
  for (const int number : numbers_of(kAllowedCalls)) EXPECT_EQ(verdict_on(number), SECCOMP_RET_ALLOW) << number;
  EXPECT_EQ(verdict_on(SYS_clone3), kAbsent);
  EXPECT_EQ(program.size(), silent.size());
}

TEST_F(Seccomp, TheProgramIsShort) { EXPECT_LT(program.size(), 400u); }

TEST_F(Seccomp, NoCallIsBothAllowedAndRefused) {
  const std::set<std::string_view> allowed(std::begin(kAllowedCalls), std::end(kAllowedCalls));
  EXPECT_EQ(allowed.size(), std::size(kAllowedCalls));  // nor named twice
  for (const std::string_view name : kRefusedCalls) EXPECT_FALSE(allowed.contains(name)) << name;
}

}  // namespace
}  // namespace fescue
