// The floor under a container's start: the same steps as src/sandbox's container and process, in a straight line in one
// program, nothing prepared ahead but the filter of system calls; no core, no launcher, no checks, no messages.
//
//   bench_floor_start PACKAGE COUNT      starts PACKAGE/ready COUNT times
//
// Prints as JSON the microseconds to the first byte that the program writes, and the median of each step. Must run as
// root.
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <seccomp.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kUser = 54321;
constexpr int kMaxSteps = 24;
const std::string kSite = "/proc";
const std::string kRoot = "/proc/root";

struct Step {
  char name[24];
  double microseconds;
};
/// Shared with the child, which writes it.
struct Record {
  int count;
  Clock::time_point last;
  Step steps[kMaxSteps];
};
Record* record;

void step(const char* name) {
  const auto now = Clock::now();
  Step& next = record->steps[record->count++ % kMaxSteps];
  std::snprintf(next.name, sizeof next.name, "%s", name);
  next.microseconds = std::chrono::duration<double, std::micro>(now - record->last).count();
  record->last = Clock::now();
}

void must(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  ::_exit(1);
}

void write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  must(file >= 0, path.c_str());
  must(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()), path.c_str());
  ::close(file);
}

void bind(const std::string& from, const std::string& to, std::uint64_t attributes) {
  const int mount = ::open_tree(AT_FDCWD, from.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  must(mount >= 0, from.c_str());
  mount_attr change{};
  change.attr_set = MOUNT_ATTR_NOSUID | attributes;
  must(::mount_setattr(mount, "", AT_EMPTY_PATH, &change, sizeof change) == 0, "mount_setattr");
  must(::move_mount(mount, "", AT_FDCWD, to.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0, to.c_str());
  ::close(mount);
}

void touch(const std::string& path) { ::close(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)); }

// ---- cgroups: one directory in each hierarchy that is there

const char* const kGroups[] = {"/sys/fs/cgroup/memory",  "/sys/fs/cgroup/pids",    "/sys/fs/cgroup/cpu",
                               "/sys/fs/cgroup/devices", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"};

std::vector<std::string> groups() {
  std::vector<std::string> found;
  for (const std::string group : kGroups) {
    if (::access((group + "/cgroup.procs").c_str(), F_OK) == 0) found.push_back(group + "/fescue-floor");
  }
  return found;
}

void make_groups() {
  for (const auto& group : groups()) {
    ::mkdir(group.c_str(), 0755);
    for (const char* limit : {"/memory.limit_in_bytes", "/memory.max"}) {
      if (::access((group + limit).c_str(), F_OK) == 0) write_file(group + limit, "67108864");
    }
    if (::access((group + "/pids.max").c_str(), F_OK) == 0) write_file(group + "/pids.max", "64");
    write_file(group + "/cgroup.procs", "0");
  }
}

void remove_groups() {
  for (const auto& group : groups()) ::rmdir(group.c_str());
}

// ---- mounts

void mount_layers() {
  must(::mount("floor", kSite.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64m") == 0, "tmpfs");
  for (const char* name : {"/root", "/upper", "/work", "/blank", "/tmp", "/shm"}) ::mkdir((kSite + name).c_str(), 0755);
  must(::mount("floor", kRoot.c_str(), "overlay", MS_NOSUID | MS_NODEV,
               "lowerdir=/,upperdir=/proc/upper,workdir=/proc/work") == 0,
       "overlay");
}

void mount_dev() {
  const std::string dev = kRoot + "/dev";
  must(::mount("floor", dev.c_str(), "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k") == 0, "dev");
  for (const std::string node : {"null", "zero", "full", "random", "urandom", "tty"}) {
    touch(dev + "/" + node);
    bind("/dev/" + node, dev + "/" + node, 0);
  }
  const std::pair<const char*, const char*> links[] = {{"/proc/self/fd", "/fd"},
                                                       {"/proc/self/fd/0", "/stdin"},
                                                       {"/proc/self/fd/1", "/stdout"},
                                                       {"/proc/self/fd/2", "/stderr"},
                                                       {"pts/ptmx", "/ptmx"}};
  for (const auto& [target, name] : links) must(::symlink(target, (dev + name).c_str()) == 0, name);
  for (const char* name : {"/pts", "/shm", "/mqueue"}) ::mkdir((dev + name).c_str(), 0755);
  must(::mount("floor", (dev + "/pts").c_str(), "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666") == 0,
       "pts");
  bind(kSite + "/shm", dev + "/shm", MOUNT_ATTR_NODEV);
  must(::mount("floor", (dev + "/mqueue").c_str(), "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, "") == 0, "mqueue");
}

void mount_proc() {
  const std::string proc = kRoot + "/proc";
  must(::mount("floor", proc.c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2") == 0, "proc");
  for (const char* name : {"/kcore", "/keys", "/key-users", "/kmsg", "/kallsyms", "/kpagecgroup", "/kpagecount",
                           "/kpageflags", "/timer_list", "/vmallocinfo", "/sysrq-trigger"}) {
    if (::access((proc + name).c_str(), F_OK) == 0) bind("/dev/null", proc + name, MOUNT_ATTR_RDONLY);
  }
  for (const char* name : {"/bus", "/fs", "/irq", "/sys", "/driver", "/tty"}) {
    if (::access((proc + name).c_str(), F_OK) == 0) bind(proc + name, proc + name, MOUNT_ATTR_RDONLY);
  }
}

void mount_own(const std::string& package) {
  for (const char* name : {"/lambda", "/runtime"}) {
    ::mkdir((kRoot + name).c_str(), 0755);
    bind(package, kRoot + name, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
  }
  touch(kRoot + "/greengrass_ipc.sock");
  bind(package + "/.socket", kRoot + "/greengrass_ipc.sock", MOUNT_ATTR_RDONLY);
  bind(kSite + "/tmp", kRoot + "/tmp", MOUNT_ATTR_NODEV);
  for (const char* name : {"/root", "/home"}) {
    must(::mount("floor", (kRoot + name).c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=64k") == 0, name);
  }
}

void change_root() {
  must(::chdir(kRoot.c_str()) == 0, "chdir");
  must(::syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  must(::umount2(".", MNT_DETACH) == 0, "umount2");
  must(::chdir("/lambda") == 0, "chdir");
}

// ---- the process

void drop_privileges() {
  must(::setgroups(0, nullptr) == 0, "setgroups");
  must(::setresgid(kUser, kUser, kUser) == 0, "setresgid");
  must(::setresuid(kUser, kUser, kUser) == 0, "setresuid");
  for (unsigned long number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number) {
    ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  ::syscall(SYS_capset, &header, none);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const rlimit files{1024, 4096};
  ::setrlimit(RLIMIT_NOFILE, &files);
}

struct Plan {
  std::string package;
  std::vector<sock_filter> filter;
  int maps_wanted, maps_written;  // pipes' ends: a user namespace's maps are the parent's to write
  int output;
};

/// As many calls as the launcher's filter has.
std::vector<sock_filter> compile_filter() {
  scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  for (int call = 300; call < 340; ++call) ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  ::seccomp_export_bpf(filter, file);
  std::vector<sock_filter> program(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)) / sizeof(sock_filter));
  must(::pread(file, program.data(), program.size() * sizeof(sock_filter), 0) > 0, "filter");
  ::close(file);
  ::seccomp_release(filter);
  return program;
}

int child(void* argument) {
  const Plan& plan = *static_cast<Plan*>(argument);
  step("clone");
  make_groups();
  step("cgroups");
  must(::unshare(CLONE_NEWCGROUP) == 0, "unshare cgroup");
  must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private");
  step("private mounts");
  mount_layers();
  step("overlay");
  mount_dev();
  step("/dev");
  mount_proc();
  step("/proc");
  mount_own(plan.package);
  step("/lambda, /tmp, masks");
  change_root();
  step("pivot_root");
  must(::unshare(CLONE_NEWUSER) == 0, "unshare user");
  char byte = 'w';
  must(::write(plan.maps_wanted, &byte, 1) == 1 && ::read(plan.maps_written, &byte, 1) == 1, "maps");
  step("user namespace");
  drop_privileges();
  ::dup2(plan.output, 1);
  ::close_range(3, ~0u, 0);
  step("ids, capabilities");
  const sock_fprog program{static_cast<unsigned short>(plan.filter.size()),
                           const_cast<sock_filter*>(plan.filter.data())};
  must(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0, "seccomp");
  step("seccomp");
  ::execl("/lambda/ready", "ready", nullptr);
  ::_exit(127);
}

/// Microseconds to the first byte.
double start(const std::string& package, const std::vector<sock_filter>& filter) {
  int wanted[2], written[2], output[2];
  must(::pipe2(wanted, O_CLOEXEC) == 0 && ::pipe2(written, O_CLOEXEC) == 0 && ::pipe2(output, O_CLOEXEC) == 0, "pipe");
  Plan plan{package, filter, wanted[1], written[0], output[1]};
  record->count = 0;
  const auto begin = record->last = Clock::now();
  constexpr unsigned long kSpaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, kSpaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  must(pid >= 0, "clone");
  if (pid == 0) ::_exit(child(&plan));
  char byte;
  must(::read(wanted[0], &byte, 1) == 1, "child");
  const std::string self = "/proc/" + std::to_string(pid);
  const std::string map = std::to_string(kUser) + " " + std::to_string(kUser) + " 1\n";
  write_file(self + "/uid_map", map);
  write_file(self + "/gid_map", map);
  must(::write(written[1], &byte, 1) == 1, "child");
  ::close(output[1]);
  must(::read(output[0], &byte, 1) == 1, "the program");
  step("exec, first byte");
  const double took = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
  ::waitpid(pid, nullptr, 0);
  remove_groups();
  for (const int end : {wanted[0], wanted[1], written[0], written[1], output[0]}) ::close(end);
  return took;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** values) {
  if (count != 3) return std::fprintf(stderr, "usage: bench_floor_start PACKAGE COUNT\n"), 64;
  const std::string package = values[1];
  touch(package + "/.socket");
  void* shared = ::mmap(nullptr, sizeof(Record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(shared != MAP_FAILED, "mmap");
  record = new (shared) Record{};
  const auto filter = compile_filter();

  std::vector<double> times;
  std::array<std::vector<double>, kMaxSteps> steps;
  for (int i = 0; i < std::atoi(values[2]); ++i) {
    times.push_back(start(package, filter));
    for (int n = 0; n < record->count; ++n) steps[static_cast<std::size_t>(n)].push_back(record->steps[n].microseconds);
  }
  std::ranges::sort(times);
  std::printf("{\"p50\": %.1f, \"p10\": %.1f, \"min\": %.1f, \"steps\": {", times[times.size() / 2],
              times[times.size() / 10], times[0]);
  for (int n = 0; n < record->count; ++n) {
    std::printf("%s\"%s\": %.1f", n ? ", " : "", record->steps[n].name, median(steps[static_cast<std::size_t>(n)]));
  }
  std::printf("}}\n");
  ::unlink((package + "/.socket").c_str());
}
