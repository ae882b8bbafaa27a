// What a hostile function cannot do: its own code, with its own uid, in a real container beside a core and another
// function.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>

#include "sandbox/container/container_test_support.h"

namespace fescue {
namespace {

/// Python for "make this system call and say how it ended".
const std::string kPrelude = R"(
import ctypes, errno, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    # -1 for numbers, pointers for bytes
    values = [ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]
    return 'allowed' if libc.syscall(ctypes.c_long(number), *values) >= 0 else errno.errorcode[ctypes.get_errno()]
def attempt(action):
    try:
        action()
        return 'allowed'
    except OSError as error:
        return errno.errorcode[error.errno]
)";

class EscapeTest : public ContainerTest {
 protected:
  WorkerSpec hostile(const std::string& code) {
    auto spec = inside(next_id++, "");
    spec.program = "/usr/bin/python3";
    spec.arguments = {"python3", "-c", kPrelude + code};
    return spec;
  }
  std::string result_of(const std::string& code) {
    auto spec = hostile("print(" + code + ")");
    return core.output_of(std::move(spec));
  }
  std::string result_of_call(long number, const std::string& arguments) {
    return result_of("call(" + std::to_string(number) + ", " + arguments + ")");
  }

  /// Another function, which has written a secret to its /tmp and has one in its environment.
  struct Victim {
    pid_t pid = 0;
    Fd output;
  };
  Victim start_victim(bool contained) {
    auto spec = contained ? inside(next_id, "") : shell(next_id, "");
    ++next_id;
    spec.arguments[2] = "echo secret > /tmp/fescue-escape-test-secret; echo up; exec sleep 1000";
    spec.environment.push_back("SECRET=of the victim");
    Fd read = core.start_reading(std::move(spec));
    EXPECT_TRUE(read);
    const pid_t pid = core.next_as<Started>().pid;
    EXPECT_EQ(read_line(read), "up");
    return {pid, std::move(read)};
  }
};

TEST_F(EscapeTest, TheCoresFilesAreNotThere) {
  ::chmod((base + "/root").c_str(), 0777);
  ::chmod((base + "/root/certs/key").c_str(), 0666);  // even if they were badly kept
  EXPECT_EQ(result_of("attempt(lambda: open('" + base + "/root/certs/key'))"), "ENOENT\n");
  EXPECT_EQ(result_of("attempt(lambda: open('" + base + "/root/new', 'w'))"), "EROFS\n");
}

TEST_F(EscapeTest, TheCoresSocketsAreOutOfReach) {
  const Fd core_socket = listen_at(base + "/root/core.sock");
  const Fd beside = listen_at(base + "/open.sock");  // seen through the root's layer, where it has no listener
  const auto connect = [](const std::string& path) {
    return "attempt(lambda: socket.socket(socket.AF_UNIX).connect('" + path + "'))";
  };
  EXPECT_EQ(result_of(connect(base + "/root/core.sock")), "ENOENT\n");
  EXPECT_EQ(result_of(connect(base + "/open.sock")), "ECONNREFUSED\n");
  EXPECT_EQ(result_of(connect("/greengrass_ipc.sock")), "allowed\n");
}

TEST_F(EscapeTest, DotDotDoesNotLeadOut) {
  EXPECT_EQ(result_of("os.path.exists('/lambda/../../../../../.." + base +
                      "/root/certs/key'), "
                      "os.listdir('/lambda/../runtime')"),
            "False ['version']\n");
  EXPECT_EQ(result_of("[os.readlink('/proc/self/' + n) for n in ('root', 'cwd')]"), "['/', '/lambda']\n");
}

TEST_F(EscapeTest, AnotherFunctionsTmpAndEnvironmentAreUnknown) {
  for (const bool contained : {true, false}) {
    const auto victim = start_victim(contained);
    EXPECT_EQ(result_of("os.path.exists('/tmp/fescue-escape-test-secret')"), "False\n");
    EXPECT_EQ(result_of("attempt(lambda: open('/proc/" + std::to_string(victim.pid) + "/environ').read())"),
              "ENOENT\n");
    EXPECT_EQ(result_of("[open(f'/proc/{p}/environ').read().count('victim') for p in os.listdir('/proc') if "
                        "p.isdigit()]"),
              "[0]\n");
  }
  std::filesystem::remove("/tmp/fescue-escape-test-secret");
}

TEST_F(EscapeTest, TheHostsProcDoesNotOpenAnothersEnvironment) {
  const auto victim = start_victim(true);  // with the same uid, and in sight
  const auto path = [&](const char* name) { return "/host/" + std::to_string(victim.pid) + "/" + name; };
  for (const char* name : {"environ", "mem", "maps"}) {
    auto spec = hostile("print(attempt(lambda: open('" + path(name) + "').read(1)))");
    spec.container->resources.push_back(volume("/proc", "/host"));
    EXPECT_EQ(core.output_of(std::move(spec)), "EACCES\n") << name;
  }
  auto spec = hostile("print(attempt(lambda: os.listdir('" + path("root") + "')))");
  spec.container->resources.push_back(volume("/proc", "/host"));
  EXPECT_EQ(core.output_of(std::move(spec)), "EACCES\n");
}

TEST_F(EscapeTest, SignalsReachNobodyOutside) {
  const auto victim = start_victim(true);
  for (const pid_t pid : {victim.pid, core.pid(), ::getpid()}) {
    EXPECT_EQ(result_of("attempt(lambda: os.kill(" + std::to_string(pid) + ", 9))"), "ESRCH\n");
  }
  EXPECT_EQ(result_of("attempt(lambda: os.kill(1, 9))"), "EPERM\n");  // its monitor
  EXPECT_EQ(result_of("attempt(lambda: os.kill(-1, 9))"), "ESRCH\n");
  EXPECT_FALSE(is_gone(victim.pid));
}

TEST_F(EscapeTest, MountsAndNamespacesAreRefused) {
  EXPECT_EQ(result_of_call(SYS_mount, "b'none', b'/tmp', b'tmpfs', 0, 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_umount2, "b'/proc', 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_pivot_root, "b'/', b'/'"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_chroot, "b'/tmp'"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_open_tree, "-100, b'/', 1"), "EPERM\n");
  for (const char* flag : {"0x10000000", "0x00020000", "0x20000000", "0x40000000", "0x12000000", "0x80"}) {
    EXPECT_EQ(result_of_call(SYS_unshare, flag), "EPERM\n") << flag;
  }
  EXPECT_EQ(result_of_call(SYS_unshare, "0x400"), "allowed\n");               // CLONE_FILES is harmless
  EXPECT_EQ(result_of_call(SYS_clone, "0x10000011, 0, 0, 0, 0"), "EPERM\n");  // CLONE_NEWUSER
  EXPECT_EQ(result_of_call(SYS_clone3, "0, 0"), "ENOSYS\n");
  EXPECT_EQ(result_of_call(SYS_setns, "0, 0"), "EPERM\n");
}

TEST_F(EscapeTest, DevicesCannotBeMade) {
  EXPECT_EQ(result_of("attempt(lambda: os.mknod('/tmp/null', 0o20666, os.makedev(1, 3)))"), "EPERM\n");
  EXPECT_EQ(result_of("attempt(lambda: os.mknod('/dev/shm/disk', 0o60666, os.makedev(254, 0)))"), "EPERM\n");
  EXPECT_EQ(result_of("attempt(lambda: os.mkfifo('/tmp/fifo'))"), "allowed\n");
  EXPECT_EQ(result_of("attempt(lambda: open('/dev/new', 'w'))"), "EROFS\n");
}

TEST_F(EscapeTest, OtherProcessesCannotBeTraced) {
  EXPECT_EQ(result_of_call(SYS_ptrace, "16, 1, 0, 0"), "EPERM\n");  // PTRACE_ATTACH to the monitor
  EXPECT_EQ(result_of_call(SYS_ptrace, "0, 0, 0, 0"), "EPERM\n");   // PTRACE_TRACEME
  EXPECT_EQ(result_of_call(SYS_process_vm_readv, "1, 0, 0, 0, 0, 0"), "EPERM\n");
  EXPECT_EQ(result_of("attempt(lambda: os.listdir('/proc/1'))"), "ENOENT\n");
}

TEST_F(EscapeTest, TheKernelsInterfacesAreClosed) {
  EXPECT_EQ(result_of_call(SYS_keyctl, "0, -3, 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_add_key, "b'user', b'name', b'payload', 7, -3"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_bpf, "0, 0, 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_perf_event_open, "0, 0, -1, -1, 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_userfaultfd, "0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_io_uring_setup, "1, 0"), "ENOSYS\n");
  EXPECT_EQ(result_of_call(SYS_finit_module, "0, b'', 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_kexec_load, "0, 0, 0, 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_reboot, "0, 0, 0"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_sethostname, "b'owned', 5"), "EPERM\n");
  EXPECT_EQ(result_of_call(SYS_open_by_handle_at, "-100, 0, 0"), "EPERM\n");
}

TEST_F(EscapeTest, RawSocketsAreRefused) {
  EXPECT_EQ(result_of("attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))"), "EPERM\n");
  EXPECT_EQ(result_of("attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))"), "EPERM\n");
  EXPECT_EQ(result_of("attempt(lambda: socket.socket(38, socket.SOCK_SEQPACKET))"), "EPERM\n");  // AF_ALG
  EXPECT_EQ(result_of("attempt(lambda: socket.socket(socket.AF_INET6))"), "allowed\n");
}

TEST_F(EscapeTest, NetlinkIsForRoutesAlone) {
  const auto protocol = [](int number) {
    return "attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, " + std::to_string(number) + "))";
  };
  for (const int number : {4, 9, 12, 15, 16}) {  // SOCK_DIAG, AUDIT, NETFILTER, KOBJECT_UEVENT, GENERIC
    EXPECT_EQ(result_of(protocol(number)), "EPERM\n") << number;
  }
  EXPECT_EQ(result_of(protocol(0)), "allowed\n");
  EXPECT_EQ(result_of("'lo' in [name for _, name in socket.if_nameindex()], "
                      "attempt(lambda: socket.getaddrinfo('localhost', 80))"),
            "True allowed\n");
}

TEST_F(EscapeTest, AbstractSocketsOfOthersAreOutOfReach) {
  constexpr int kVersion = 1;  // LANDLOCK_CREATE_RULESET_VERSION
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersion);
  if (abi < 6) GTEST_SKIP() << "Landlock of this kernel has no scopes";
  const std::string name = "fescue-escape-test-" + std::to_string(::getpid());
  const Fd theirs(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 2);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(::bind(theirs.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(theirs.get(), 8), 0);
  EXPECT_EQ(result_of("attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0" + name + "'))"), "EPERM\n");
  EXPECT_EQ(core.output_of(hostile(R"(
mine = socket.socket(socket.AF_UNIX)
mine.bind('\0fescue-escape-test-mine')
mine.listen(1)
print(attempt(lambda: socket.socket(socket.AF_UNIX).connect('\0fescue-escape-test-mine')))
os.makedirs('/tmp/a'); os.makedirs('/tmp/b'); open('/tmp/a/x', 'w')
print(attempt(lambda: os.rename('/tmp/a/x', '/tmp/b/x')), attempt(lambda: os.link('/tmp/b/x', '/tmp/a/y')))
)")),
            "allowed\nallowed allowed\n");
}

TEST_F(EscapeTest, LimitsCannotBeRaised) {
  EXPECT_EQ(core.output_of(hostile(R"(
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard + 1))
    print('raised')
except (OSError, ValueError) as error:
    print('kept', hard <= 65536)
print(attempt(lambda: os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) - 1)))
print(attempt(lambda: os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000')))
)")),
            "kept True\nEACCES\nEACCES\n");
}

TEST_F(EscapeTest, TheHostCannotBeSteeredThroughProcAndSys) {
  for (const char* path :
       {"/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/irq/default_smp_affinity"}) {
    EXPECT_EQ(result_of("attempt(lambda: open('" + std::string(path) + "', 'w'))"), "EROFS\n") << path;
  }
  EXPECT_EQ(core.output_of(hostile(R"(
null = os.stat('/dev/null').st_rdev
for name in ('kcore', 'keys', 'kallsyms', 'kmsg', 'sysrq-trigger', 'timer_list'):
    path = '/proc/' + name
    if os.path.exists(path) and os.stat(path).st_rdev != null: print(path, 'is open')
)")),
            "");
  auto spec = hostile("print(attempt(lambda: open('/sys/power/state', 'w')), attempt(lambda: os.mkdir('/sys/fs/x')))");
  spec.container->sysfs = Sysfs::yes;
  EXPECT_EQ(core.output_of(std::move(spec)), "EROFS EROFS\n");
}

TEST_F(EscapeTest, EvenARootFunctionIsInside) {
  TestCore open({.core_uid = 54300,
                 .core_gid = 54301,
                 .root_functions = RootFunctions::yes,
                 .protected_directories = {base + "/root"}});
  auto spec = hostile(R"(
print(os.getuid(), [line[-17:].strip('0') for line in open('/proc/self/status') if line.startswith('Cap')].count('\n'))
print(attempt(lambda: open('/proc/sys/kernel/core_pattern', 'w')))
print(attempt(lambda: os.setuid(54321)), call(165, b'none', b'/tmp', b'tmpfs', 0, 0))
print(attempt(lambda: open('/etc/fescue-escape-test', 'w').write('thrown away')), attempt(lambda: os.kill(1, 9)))
print(attempt(lambda: os.mknod('/tmp/null', 0o20666, os.makedev(1, 3))), os.getppid())
)");
  spec.uid = 0;
  spec.gid = 0;
  EXPECT_EQ(open.output_of(std::move(spec)), "0 5\nEROFS\nEINVAL EPERM\nallowed allowed\nEPERM 1\n");
  EXPECT_FALSE(std::filesystem::exists("/etc/fescue-escape-test"));
  EXPECT_EQ(open.exit().cause, ExitCause::exited);
}

TEST_F(EscapeTest, AFloodOfDescriptorsHitsItself) {
  EXPECT_EQ(core.output_of(hostile(R"(
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = []
try:
    while True: held.append(os.open('/dev/null', 0))
except OSError as error:
    held = held[:-10]
    print(errno.errorcode[error.errno])
)")),
            "EMFILE\n");
  EXPECT_EQ(output_of("echo the next is served"), "the next is served\n");
}

TEST_F(EscapeTest, AFloodOfFilesFillsItsOwnTmp) {
  EXPECT_EQ(core.output_of(hostile(R"(
def flood():
    for n in range(1000000): os.close(os.open(f'/tmp/{n}', os.O_CREAT | os.O_WRONLY))
print(attempt(flood))
def bomb():
    with open('/var/tmp/bomb', 'wb') as file:
        while True: file.write(bytes(1 << 20))
print(attempt(bomb))
)")),
            "ENOSPC\nENOSPC\n");
  EXPECT_EQ(output_of("echo x > /tmp/x && echo the next has its own"), "the next has its own\n");
}

TEST_F(EscapeTest, NothingLeadsBackThroughItsDescriptors) {
  EXPECT_EQ(result_of("sorted(int(n) for n in os.listdir('/proc/self/fd') if int(n) < 7), "
                      "[os.path.isdir(f'/proc/self/fd/{n}') for n in range(7)].count(True)"),
            "[0, 1, 2, 3, 4, 5, 6] 0\n");
}

TEST_F(EscapeTest, A32BitCallIsNoWayAround) {
  // int 0x80 with mount(2) of the 32-bit table, as machine code.
  const auto said = core.output_of(hostile(R"(
import mmap
if os.uname().machine != 'x86_64': sys.exit('only x86-64 has this way')
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex('b815000000 31db 31c9 31d2 31f6 31ff cd80 c3'.replace(' ', '')))
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
print('still alive', run())
)"));
  EXPECT_EQ(said, "");
  if (core.exit().exit_code == 1) GTEST_SKIP() << "only x86-64 has this way";
  EXPECT_EQ(core.exit().signal, SIGSYS);
  EXPECT_EQ(describe(core.exit()), "signal: bad system call (forbidden system call mount (of another architecture))");
}

}  // namespace
}  // namespace fescue
