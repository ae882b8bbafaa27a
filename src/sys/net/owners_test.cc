// Owners and functions with an owner's uid, in trees that look as the kernel's do.
#include "sys/net/owners.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/result.h"

namespace fescue {
namespace {

using ::testing::HasSubstr;

constexpr const char* kNone = "0000000000000000";
constexpr const char* kAll = "000001ffffffffff";

class OwnersTest : public ::testing::Test {
 protected:
  OwnersTest() {
    for (const char* name : {"/proc", "/cgroup"}) std::filesystem::create_directory(base + name);
  }
  ~OwnersTest() override { std::filesystem::remove_all(base); }

  std::uint64_t group(const std::string& path) const {
    std::filesystem::create_directories(base + "/cgroup/" + path);
    struct stat status {};
    EXPECT_EQ(::stat((base + "/cgroup/" + path).c_str(), &status), 0);
    return status.st_ino;
  }
  void process(pid_t pid, uid_t uid, const std::string& groups, const char* capabilities = kNone) const {
    const std::string directory = base + "/proc/" + std::to_string(pid);
    std::filesystem::create_directory(directory);
    const std::string ids = std::to_string(uid);
    std::ofstream(directory + "/cgroup") << groups;
    std::ofstream(directory + "/status") << "Name:\tx\nUid:\t" << ids << "\t" << ids << "\t" << ids << "\t" << ids
                                         << "\nCapEff:\t" << capabilities << "\nSeccomp:\t2\n";
  }

  static Peer tcp_peer(uid_t uid, std::uint64_t cgroup) {
    Peer peer;
    peer.uid = uid;
    peer.cgroup = cgroup;
    return peer;
  }
  static Peer unix_peer(uid_t uid, pid_t pid) {
    Peer peer;
    peer.uid = uid;
    peer.pid = pid;
    return peer;
  }

  static std::string make_directory() {
    std::string path = "/tmp/fescue-owners-XXXXXX";
    FESCUE_ASSERT(::mkdtemp(path.data()) != nullptr);
    return path;
  }

  const std::string base = make_directory();
  Owners owners{{0, 7}, {.cgroup2 = base + "/cgroup", .proc = base + "/proc"}};
};

TEST_F(OwnersTest, OthersAreNone) {
  EXPECT_EQ(owners.why_not(tcp_peer(8, group("user.slice"))), "uid 8 is not the owner");
  EXPECT_THAT(owners.why_not(Peer()), HasSubstr("only users of this machine"));
}

TEST_F(OwnersTest, ATcpPeerIsKnownByItsGroup) {
  const auto shell = group("user.slice/session-1.scope");
  const auto worker = group("system.slice/fescue-12/3");
  const auto inside = group("system.slice/fescue-12/3/made/by/it");
  EXPECT_EQ(owners.why_not(tcp_peer(0, shell)), "");
  EXPECT_EQ(owners.why_not(tcp_peer(0, group(""))), "");  // the tree's top
  for (const uid_t uid : {0U, 7U}) {
    EXPECT_EQ(owners.why_not(tcp_peer(uid, worker)), "it is a function, which runs as uid " + std::to_string(uid));
  }
  EXPECT_NE(owners.why_not(tcp_peer(0, inside)), "");
  EXPECT_EQ(owners.why_not(tcp_peer(0, shell)), "");
  std::filesystem::remove_all(base + "/cgroup/system.slice");
  EXPECT_NE(owners.why_not(tcp_peer(0, worker)), "");  // remembered
}

TEST_F(OwnersTest, AUnixPeerIsKnownByItsProcess) {
  process(100, 0, "9:memory:/user\n0::/user.slice\n");
  process(101, 0, "9:memory:/fescue-12/3\n0::/\n");
  process(102, 0, "0::/system.slice/fescue.service/fescue-12-1/3\n");
  EXPECT_EQ(owners.why_not(unix_peer(0, 100)), "");
  EXPECT_THAT(owners.why_not(unix_peer(0, 101)), HasSubstr("it is a function"));
  EXPECT_THAT(owners.why_not(unix_peer(0, 102)), HasSubstr("it is a function"));
}

TEST_F(OwnersTest, WhereItCannotBeToldAFunctionWithThatUidIsReasonToRefuse) {
  const std::uint64_t removed = group("gone");
  std::filesystem::remove(base + "/cgroup/gone");
  process(100, 0, "0::/fescue-12/1\n", kAll);  // a monitor that waits
  process(101, 0, "0::/user.slice\n");
  process(102, 54321, "0::/fescue-12/2\n");
  for (const Peer& peer : {tcp_peer(0, removed), tcp_peer(0, 0), unix_peer(0, 4711)}) {
    EXPECT_EQ(owners.why_not(peer), "");
  }
  process(103, 0, "0::/fescue-12/4\n");
  for (const Peer& peer : {tcp_peer(0, removed), tcp_peer(0, 0), unix_peer(0, 4711)}) {
    EXPECT_THAT(owners.why_not(peer), HasSubstr("a function runs as uid 0"));
  }
  EXPECT_EQ(owners.why_not(tcp_peer(7, 0)), "");
  Owners without(std::set<uid_t>{0}, {.cgroup2 = "", .proc = base + "/proc"});
  EXPECT_THAT(without.why_not(tcp_peer(0, group("user.slice"))), HasSubstr("a function runs as uid 0"));
}

TEST_F(OwnersTest, ThisProcessIsAnOwner) {
  Owners here(std::set<uid_t>{::geteuid()});
  EXPECT_EQ(here.why_not(unix_peer(::geteuid(), ::getpid())), "");
}

TEST(Cgroup2Mount, IsTheFirstOne) {
  EXPECT_EQ(cgroup2_mount("24 23 0:20 / /sys rw - sysfs sysfs rw\n"
                          "31 24 0:27 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"
                          "32 24 0:28 / /sys/fs/cgroup/unified rw shared:10 master:1 - cgroup2 cgroup2 rw\n"
                          "33 24 0:28 / /elsewhere rw - cgroup2 cgroup2 rw\n"),
            "/sys/fs/cgroup/unified");
  EXPECT_EQ(cgroup2_mount("24 23 0:20 / /cgroup2 rw - tmpfs cgroup2 rw\n"), "");
  EXPECT_EQ(cgroup2_mount(""), "");
}

}  // namespace
}  // namespace fescue
