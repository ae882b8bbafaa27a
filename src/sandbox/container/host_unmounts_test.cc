// A disk that the host unmounts is let go by the containers that show it.
#include "sandbox/container/host_unmounts.h"

#include <sys/mount.h>
#include <unistd.h>

#include "sandbox/container/container_test_support.h"

namespace fescue {
namespace {

class HostUnmountsTest : public ContainerTest {
 protected:
  void SetUp() override {
    ContainerTest::SetUp();
    if (::testing::Test::IsSkipped()) return;
    for (const char* name : {"/disk", "/upper", "/work"}) std::filesystem::create_directory(base + name);
    const std::string layers = "lowerdir=" + base + "/data,upperdir=" + base + "/upper,workdir=" + base + "/work";
    ASSERT_EQ(::mount("disk", disk.c_str(), "overlay", 0, layers.c_str()), 0);
  }
  void TearDown() override { ::umount2(disk.c_str(), MNT_DETACH); }

  /// Tells what it sees, now and when that is gone.
  WorkerSpec looking(const std::string& file) {
    return inside(next_id++, "cat " + file + "; for n in $(seq 1500); do test -e " + file +
                                 " || break; sleep 0.02; done; test -e " + file + " && echo kept || echo gone");
  }

  std::string disk = base + "/disk";
};

TEST_F(HostUnmountsTest, ARunningContainerLetsItGo) {
  const Fd seen = core.start_reading(looking(disk + "/value"));
  ASSERT_EQ(read_line(seen), "42");
  ASSERT_EQ(::umount2(disk.c_str(), 0), 0);
  EXPECT_EQ(read_line(seen), "gone");
}

TEST_F(HostUnmountsTest, SoDoesOneThatHasItAsAVolume) {
  auto spec = looking("/given/value");
  spec.container->resources.push_back(volume(disk, "/given"));
  const Fd seen = core.start_reading(std::move(spec));
  ASSERT_EQ(read_line(seen), "42");
  ASSERT_EQ(::umount2(disk.c_str(), 0), 0);
  EXPECT_EQ(read_line(seen), "gone");
}

TEST_F(HostUnmountsTest, SoDoesOneThatWaitsForItsFunction) {
  // The monitor that was there before the disk has nothing to show; the next one is made with it.
  EXPECT_EQ(output_of("echo first"), "first\n");
  core.wait_until_idle();
  ASSERT_EQ(::umount2(disk.c_str(), 0), 0);
  const Fd seen = core.start_reading(looking(disk + "/value"));
  EXPECT_EQ(read_line(seen), "gone");
}

TEST_F(HostUnmountsTest, WhatTheHostMountsLaterStaysOut) {
  ASSERT_EQ(::umount2(disk.c_str(), 0), 0);
  auto spec = inside(next_id++, "echo up; for n in $(seq 1500); do test -e /data/go && break; sleep 0.02; done; ls " +
                                    disk + " /data/inner");
  spec.container->resources.push_back(volume(base + "/data", "/data"));
  const Fd seen = core.start_reading(std::move(spec));
  ASSERT_EQ(read_line(seen), "up");
  const std::string layers = "lowerdir=" + base + "/package:" + base + "/runtimes";
  ASSERT_EQ(::mount("disk", disk.c_str(), "overlay", 0, layers.c_str()), 0);
  std::filesystem::create_directory(base + "/data/inner");
  ASSERT_EQ(::mount("inner", (base + "/data/inner").c_str(), "tmpfs", 0, ""), 0);
  std::ofstream(base + "/data/inner/new") << "x";
  std::ofstream(base + "/data/go") << "x";
  const std::string said = read_to_end(seen);
  ::umount2((base + "/data/inner").c_str(), MNT_DETACH);
  EXPECT_EQ(said.find("code"), std::string::npos) << said;
  EXPECT_EQ(said.find("new"), std::string::npos) << said;
}

TEST_F(HostUnmountsTest, MountsOfAContainerAreNotSeenOutside) {
  auto spec = inside(next_id++, "echo up; exec sleep 1000");
  spec.container->resources.push_back(volume(base + "/package", base + "/inside"));
  const Fd seen = core.start_reading(std::move(spec));
  ASSERT_EQ(read_line(seen), "up");
  EXPECT_EQ(read_file("/proc/self/mountinfo").find(base + "/inside"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(base + "/inside"));
}

}  // namespace
}  // namespace fescue
