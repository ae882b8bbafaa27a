// Cgroups of this host as they are, and with parts of them treated as missing. What workers make of them is in
// cgroup_worker_test.cc; pure v2 runs in a guest (tests/guest).
#include "sandbox/cgroup/cgroup.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "sandbox/launcher/launcher_test_support.h"

namespace fescue {
namespace {

/// A process in the group `number` that does `work` and exits with its result. It waits inside until go() is called.
class MemberProcess {
 public:
  MemberProcess(WorkerGroup& group, const std::function<int()>& work) : go_(make_pipe()), there_(make_pipe()) {
    pid_ = ::fork();
    if (pid_ != 0) {
      go_.read.reset();
      there_.write.reset();
      char byte = 0;
      is_inside_ = ::read(there_.read.get(), &byte, 1) == 1;
      return;
    }
    go_.write.reset();
    char byte = 1;
    if (!group.enter() || ::write(there_.write.get(), &byte, 1) != 1) ::_exit(99);
    ::_exit(::read(go_.read.get(), &byte, 1) == 0 ? work() : 98);
  }
  ~MemberProcess() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    if (pid_ > 0) end();
  }

  bool is_inside() const { return is_inside_; }
  void go() { go_.write.reset(); }
  /// The wait status.
  int end() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
  }
  int result() {
    go();
    const int status = end();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  Pipe go_, there_;
  pid_t pid_ = 0;
  bool is_inside_ = false;
};

int touch_memory(std::size_t kilobytes) {
  char* memory =
      static_cast<char*>(::mmap(nullptr, kilobytes * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (std::size_t i = 0; i < kilobytes; i += 4) memory[i * 1024] = 1;
  return 0;
}

int open_device(const char* path, int flags) { return ::open(path, flags | O_CLOEXEC) >= 0 ? 0 : errno; }

std::vector<std::string> directories_of(const Cgroups& cgroups) {
  std::vector<std::string> paths;
  for (const int fd : cgroups.descriptors()) {
    const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string();
    if (path.find("/fescue-") != std::string::npos) paths.push_back(path);
  }
  return paths;
}

class CgroupTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "making cgroups needs root";
    CgroupOptions options;
    const std::string absent = GetParam();
    if (absent != "all") options.without = {absent};
    cgroups.emplace(options);
    auto made = cgroups->make(1);
    ASSERT_TRUE(made) << made.error().message();
    group = std::move(*made);
  }
  void TearDown() override {
    if (!cgroups) return;
    const auto directories = directories_of(*cgroups);
    EXPECT_TRUE(group->remove(std::chrono::seconds(2)));
    EXPECT_TRUE(cgroups->remove());
    for (const auto& directory : directories) EXPECT_FALSE(std::filesystem::exists(directory)) << directory;
  }
  void need(CgroupUse use) {
    if (!cgroups->facilities().has(use)) GTEST_SKIP() << cgroups->facilities().why_missing(use);
  }

  std::optional<Cgroups> cgroups;
  std::unique_ptr<WorkerGroup> group;
};

/// Bytes that the kernel takes for connections over loopback whose reader does not read, up to `most`.
std::size_t fill_sockets(std::size_t most) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 64) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 0;
  }
  static char bytes[64 * 1024];
  std::size_t taken = 0;
  for (int i = 0; i < 64 && taken < most; ++i) {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(client, reinterpret_cast<sockaddr*>(&address), size) != 0) break;
    static_cast<void>(::accept(listener, nullptr, nullptr));
    while (taken < most) {
      const ssize_t sent = ::send(client, bytes, sizeof bytes, MSG_DONTWAIT);
      if (sent <= 0) break;
      taken += static_cast<std::size_t>(sent);
    }
  }
  return taken;
}

TEST_P(CgroupTest, WhatSocketsHoldIsLimitedToo) {
  need(CgroupUse::memory);
  if (::testing::Test::IsSkipped()) return;
  constexpr std::size_t kLimitKb = 16 * 1024;
  constexpr std::size_t kFarMore = 96 * 1024 * 1024;
  Pipe told = make_pipe();
  const auto fill = [&] {
    const std::size_t taken = fill_sockets(kFarMore);
    return ::write(told.write.get(), &taken, sizeof taken) == sizeof taken ? 0 : 1;
  };
  ASSERT_TRUE(group->limit({.memory_kb = kLimitKb}));
  MemberProcess member(*group, fill);
  ASSERT_TRUE(member.is_inside());
  static_cast<void>(member.result());  // it may have been killed for it
  told.write.reset();
  std::size_t taken = 0;
  ASSERT_EQ(::read(told.read.get(), &taken, sizeof taken), static_cast<ssize_t>(sizeof taken));
  EXPECT_LT(taken, 3 * kLimitKb * 1024);
}

TEST_P(CgroupTest, AMemoryLimitKillsAndTheCountersConfirmIt) {
  need(CgroupUse::memory);
  if (IsSkipped()) return;
  ASSERT_TRUE(group->limit({.memory_kb = 8192}));
  MemberProcess small(*group, [] { return touch_memory(2000); });
  ASSERT_TRUE(small.is_inside());
  EXPECT_EQ(small.result(), 0);
  EXPECT_EQ(group->stats().oom_kills, 0u);
  MemberProcess large(*group, [] { return touch_memory(40'000); });
  EXPECT_EQ(large.result(), -SIGKILL);
  const auto stats = group->stats();
  EXPECT_EQ(stats.oom_kills, 1u);
  EXPECT_EQ(stats.peak_memory_kb, 8192u);
}

TEST_P(CgroupTest, FilesInMemoryCount) {
  need(CgroupUse::memory);
  if (IsSkipped()) return;
  ASSERT_TRUE(group->limit({.memory_kb = 8192}));
  MemberProcess writer(*group, [] {
    const Fd file(::memfd_create("bomb", MFD_CLOEXEC));
    const std::string block(1024 * 1024, 'x');
    for (int i = 0; i < 40; ++i) {
      if (::write(file.get(), block.data(), block.size()) < 0) return errno;
    }
    return 0;
  });
  EXPECT_EQ(writer.result(), -SIGKILL);
  EXPECT_EQ(group->stats().oom_kills, 1u);
}

TEST_P(CgroupTest, ProcessesAreCountedAndRefused) {
  need(CgroupUse::processes);
  if (IsSkipped()) return;
  ASSERT_TRUE(group->limit({.processes = 4}));
  MemberProcess bomb(*group, [] {
    int made = 0;
    while (true) {
      const pid_t pid = ::fork();
      if (pid < 0) break;
      if (pid == 0) ::pause();
      ++made;
    }
    return made;
  });
  EXPECT_EQ(bomb.result(), 3);
  EXPECT_EQ(group->stats().processes_refused, 1u);
  group->kill();
}

TEST_P(CgroupTest, WeightsAreSharesOfV1) {
  need(CgroupUse::cpu);
  if (IsSkipped()) return;
  ASSERT_TRUE(group->limit({.cpu_weight = 50}));
  std::vector<std::string> written;
  for (const auto& directory : directories_of(*cgroups)) {
    for (const char* file : {"/1/cpu.shares", "/1/cpu.weight"}) {
      if (const auto text = read_small_file(AT_FDCWD, directory + file)) written.push_back(file + (":" + *text));
    }
  }
  ASSERT_EQ(written.size(), 1u);
  const bool v1 = cgroups->facilities().layout != CgroupLayout::v2;
  EXPECT_EQ(written[0], v1 ? "/1/cpu.shares:512\n" : "/1/cpu.weight:50\n");
}

TEST_P(CgroupTest, AKillReachesEverybody) {
  need(CgroupUse::kill);
  if (IsSkipped()) return;
  auto [read, write] = make_pipe();
  const int writer = write.get();
  MemberProcess leader(*group, [writer]() -> int {
    for (int i = 0; i < 5; ++i) {
      if (::fork() != 0) continue;
      ::setsid();
      while (true) {
        if (::fork() == 0) ::_exit(0);
        ::waitpid(-1, nullptr, 0);
      }
    }
    while (::write(writer, "x", 1) == 1) ::pause();
    return 1;
  });
  leader.go();
  char byte = 0;
  ASSERT_EQ(::read(read.get(), &byte, 1), 1);
  group->kill();
  EXPECT_EQ(WTERMSIG(leader.end()), SIGKILL);
}

TEST_P(CgroupTest, OnlyAllowedDevicesOpen) {
  need(CgroupUse::devices);
  if (IsSkipped()) return;
  const std::vector<DeviceRule> rules{{DeviceRule::Kind::character, 1, 3, DeviceRule::Access::read_write},
                                      {DeviceRule::Kind::character, 1, 9, DeviceRule::Access::read},
                                      {DeviceRule::Kind::character, 5, std::nullopt, DeviceRule::Access::read_write}};
  ASSERT_TRUE(group->allow_devices(rules));
  const auto result = [&](const char* path, int flags) {
    MemberProcess inmate(*group, [=] { return open_device(path, flags); });
    return inmate.result();
  };
  EXPECT_EQ(result("/dev/null", O_RDWR), 0);
  EXPECT_EQ(result("/dev/urandom", O_RDONLY), 0);
  EXPECT_EQ(result("/dev/urandom", O_WRONLY), EPERM);
  EXPECT_EQ(result("/dev/zero", O_RDONLY), EPERM);
  EXPECT_EQ(result("/dev/ptmx", O_RDWR), 0);
}

TEST_P(CgroupTest, CpuTimeIsTheGroups) {
  MemberProcess busy(*group, [] {
    const auto end = steady_now() + std::chrono::milliseconds(30);
    while (steady_now() < end) {
    }
    return 0;
  });
  EXPECT_EQ(busy.result(), 0);
  const auto cpu = group->stats().cpu;
  EXPECT_GT(cpu.value_or(std::chrono::seconds(1)).count(), 5000);
}

TEST_P(CgroupTest, AProcessInsideCanLeave) {
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  MemberProcess there_and_back(*group, [this] { return group->leave() ? 0 : 1; });
  EXPECT_TRUE(there_and_back.is_inside());
  EXPECT_EQ(there_and_back.result(), 0);
}

INSTANTIATE_TEST_SUITE_P(Hosts, CgroupTest, ::testing::Values("all", "v2", "kill", "bpf", "freezer"),
                         [](const auto& host) {
                           return host.param == std::string("all") ? "AsItIs" : "Without_" + std::string(host.param);
                         });

class CgroupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "making cgroups needs root";
  }
};

TEST_F(CgroupsTest, WhatIsMissingIsNamed) {
  const Cgroups none({.parent = {}, .without = {"v1", "v2"}});
  EXPECT_EQ(none.facilities().layout, CgroupLayout::none);
  EXPECT_EQ(none.facilities().why_missing(CgroupUse::memory),
            "no cgroup hierarchy is mounted that this process can use");
  EXPECT_FALSE(none.facilities().has(CgroupUse::kill));
  const auto group = none.make(1);
  ASSERT_TRUE(group);
  EXPECT_TRUE((*group)->enter());
  EXPECT_TRUE((*group)->limit({.memory_kb = 1}));
  EXPECT_TRUE((*group)->leave());
  EXPECT_TRUE((*group)->remove(std::chrono::milliseconds(0)));
}

TEST_F(CgroupsTest, EachUseIsReportedByItself) {
  const Cgroups cgroups({.parent = {}, .without = {"memory", "bpf", "devices"}});
  const CgroupFacilities& facilities = cgroups.facilities();
  EXPECT_FALSE(facilities.has(CgroupUse::memory));
  EXPECT_FALSE(facilities.has(CgroupUse::devices));
  EXPECT_EQ(facilities.why_missing(CgroupUse::devices), "the kernel offers no devices controller here");
  EXPECT_TRUE(facilities.has(CgroupUse::processes)) << facilities.why_missing(CgroupUse::processes);
  EXPECT_TRUE(facilities.has(CgroupUse::cpu)) << facilities.why_missing(CgroupUse::cpu);
  EXPECT_TRUE(facilities.has(CgroupUse::kill)) << facilities.why_missing(CgroupUse::kill);
  EXPECT_TRUE(std::filesystem::is_directory(facilities.place)) << facilities.place;
  EXPECT_TRUE(cgroups.remove());
}

TEST_F(CgroupsTest, ANamedParentIsMade) {
  const std::string name = "/fescue-test-" + std::to_string(::getpid());
  const Cgroups cgroups({.parent = name + "/inner", .without = {}});
  const auto directories = directories_of(cgroups);
  ASSERT_FALSE(directories.empty());
  for (const auto& directory : directories) {
    EXPECT_NE(directory.find(name + "/inner"), std::string::npos) << directory;
  }
  EXPECT_TRUE(cgroups.remove());
  for (const auto& directory : directories) {
    const auto at = directory.find(name);
    const auto parent = CgroupDirectory::open(directory.substr(0, at));
    ASSERT_TRUE(parent);
    EXPECT_TRUE(parent->remove_child(name.substr(1), std::chrono::seconds(1)));
  }
}

TEST_F(CgroupsTest, AGroupIsRemovedWhenWhatIsBelowItHasEnded) {
  const std::string name = "fescue-test-removal-" + std::to_string(::getpid());
  const Cgroups cgroups({});
  const auto directories = directories_of(cgroups);
  ASSERT_FALSE(directories.empty());
  const auto place = CgroupDirectory::open(directories.front());
  ASSERT_TRUE(place);
  const auto below = place->make_child(name).value().make_child("below");
  ASSERT_TRUE(below);
  auto [read, write] = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string own = std::to_string(::getpid());
    if (below->write("cgroup.procs", own) && ::write(write.get(), "x", 1) == 1) ::poll(nullptr, 0, 100);
    ::_exit(0);
  }
  write = Fd();
  char entered = 0;
  ASSERT_EQ(::read(read.get(), &entered, 1), 1);
  EXPECT_TRUE(place->remove_child(name, std::chrono::seconds(30)));
  EXPECT_FALSE(place->open_child(name));
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(cgroups.remove());
}

TEST_F(CgroupsTest, GroupsOfDeadLaunchersAreRemoved) {
  const auto [read, write] = make_pipe();
  const pid_t launcher = ::fork();
  if (launcher == 0) {
    const Cgroups cgroups({});
    auto group = cgroups.make(7);
    const pid_t left = ::fork();
    if (left == 0) {
      for (const int fd : cgroups.descriptors()) ::close(fd);
      while ((*group)->enter() && ::write(write.get(), &left, sizeof left) > 0) ::pause();
      ::_exit(1);
    }
    while (true) ::pause();
  }
  pid_t unused = 0;
  ASSERT_EQ(::read(read.get(), &unused, sizeof unused), static_cast<ssize_t>(sizeof unused));
  const std::string name = "fescue-" + std::to_string(launcher);
  const Cgroups beside({});
  const auto parent = std::filesystem::path(beside.facilities().place).parent_path();
  EXPECT_TRUE(std::filesystem::exists(parent / name)) << "a living launcher's groups are its own";
  const auto left = CgroupDirectory::open(parent / name / "7");
  ASSERT_TRUE(left);
  ASSERT_EQ(left->processes().size(), 1u);
  const pid_t survivor = left->processes()[0];
  ::kill(launcher, SIGKILL);
  ::waitpid(launcher, nullptr, 0);
  const Cgroups after({});
  EXPECT_FALSE(std::filesystem::exists(parent / name));
  EXPECT_TRUE(ends(survivor));
  EXPECT_TRUE(beside.remove());
  EXPECT_TRUE(after.remove());
}

}  // namespace
}  // namespace fescue
