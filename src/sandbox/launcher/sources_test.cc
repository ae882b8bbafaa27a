// What the launcher refuses to put in a container, whoever asks: here the tests are a core that has been taken over.
#include "sandbox/launcher/sources.h"

#include "sandbox/container/container_test_support.h"

namespace fescue {
namespace {

using Access = HostResource::Access;

class SourcesTest : public ContainerTest {
 protected:
  std::string refusal_of(const HostResource& resource) {
    const auto checked = check_paths(resource, {"/greengrass"});
    return checked ? "accepted" : checked.error().message();
  }
  std::string refusal_of_volume(const std::string& source, const std::string& destination = "/d") {
    return refusal_of(volume(source, destination));
  }
  /// What the running launcher answers.
  std::string answer_to(HostResource resource) { return output_with(std::move(resource), "echo started"); }
  template <class Change>
  Error answer_to_changed(Change change) {
    auto spec = inside(next_id++, "");
    change(*spec.container);
    EXPECT_TRUE(core.start(spec));
    return core.next_as<StartFailed>().error;
  }
};

TEST_F(SourcesTest, VolumesOfTheSystemAreForbidden) {
  EXPECT_EQ(refusal_of_volume("/srv/data"), "accepted");
  EXPECT_EQ(refusal_of_volume("/variable"), "accepted");
  for (const char* top : {"/sys", "/var", "/dev"}) {
    const auto rule = std::string(": a volume cannot be at or below ") + top;
    EXPECT_EQ(refusal_of_volume(top), "resource " + std::string(top) + rule);
    EXPECT_EQ(refusal_of_volume(std::string(top) + "/lib"), "resource " + std::string(top) + "/lib" + rule);
  }
}

TEST_F(SourcesTest, SharedMemoryIsReadWriteAndProcReadOnly) {
  EXPECT_EQ(refusal_of(volume("/dev/shm", "/dev/shm", Access::read_write)), "accepted");
  EXPECT_EQ(refusal_of(volume("/dev/shm", "/dev/shm")), "resource /dev/shm: /dev/shm can be attached read-write only");
  EXPECT_EQ(refusal_of(volume("/proc", "/host-proc")), "accepted");
  EXPECT_EQ(refusal_of(volume("/proc", "/host-proc", Access::read_write)),
            "resource /proc: /proc can be attached read-only only");
  EXPECT_EQ(refusal_of_volume("/proc", "/proc"), "resource /proc: a volume cannot be attached at or below /proc");
  EXPECT_EQ(refusal_of_volume("/srv", "/sys/x"), "resource /srv: a volume cannot be attached at or below /sys");
  EXPECT_EQ(refusal_of_volume("/srv", "/dev"), "resource /srv: a volume cannot be attached at or below /dev");
}

TEST_F(SourcesTest, DevicesAreBelowDev) {
  EXPECT_EQ(refusal_of(device("/dev/ttyS0")), "accepted");
  EXPECT_EQ(refusal_of(device("/dev")), "resource /dev: a device must be below /dev");
  EXPECT_EQ(refusal_of(device("/tmp/null")), "resource /tmp/null: a device must be below /dev");
}

TEST_F(SourcesTest, ProtectedDirectoriesAreNeverShown) {
  EXPECT_EQ(refusal_of_volume("/greengrass"), "resource /greengrass: it is in /greengrass, which no function sees");
  EXPECT_EQ(refusal_of_volume("/greengrass/certs"),
            "resource /greengrass/certs: it is in /greengrass, which no function sees");
  EXPECT_EQ(refusal_of_volume("/greengrass2"), "accepted");
  EXPECT_EQ(answer_to(volume(base + "/root/certs", "/d")),
            "resource " + base + "/root/certs: it is in " + base + "/root, which no function sees");
  EXPECT_EQ(answer_to(volume(base, "/d")), "resource " + base + ": it holds " + base + "/root, which no function sees");
}

TEST_F(SourcesTest, NoLinkIsFollowed) {
  std::filesystem::create_symlink(base + "/root/certs", base + "/link");
  std::filesystem::create_directory_symlink(base + "/root", base + "/data/way");
  const std::string rule = ": it is or passes through a symbolic link; name where that leads";
  EXPECT_EQ(answer_to(volume(base + "/link", "/d")), "resource " + base + "/link" + rule);
  EXPECT_EQ(answer_to(volume(base + "/data/way/certs", "/d")), "resource " + base + "/data/way/certs" + rule);
  const auto own_root = "/proc/" + std::to_string(core.pid()) + "/root";
  EXPECT_EQ(answer_to(volume(own_root, "/d")), "resource " + own_root + rule);
  EXPECT_EQ(answer_to(volume(own_root + base + "/data", "/d")), "resource " + own_root + base + "/data" + rule);
}

TEST_F(SourcesTest, SourcesMustBeWhatTheyAreSaidToBe) {
  EXPECT_EQ(answer_to(volume("/no/such/place", "/d")), "resource /no/such/place: No such file or directory");
  EXPECT_EQ(answer_to(device("/dev/shm")), "resource /dev/shm: there are no devices in /dev/shm");
  EXPECT_EQ(answer_to(volume(base + "/socket", "/d")), "resource " + base + "/socket: it is not a file or a directory");
}

TEST_F(SourcesTest, TheCoreMayAskWhatTheLauncherWouldAttach) {
  std::filesystem::create_directory(base + "/closed");
  std::filesystem::create_directory(base + "/closed/data");
  ::chmod((base + "/closed").c_str(), 0700);
  ::chmod((base + "/closed/data").c_str(), 0750);
  ASSERT_TRUE(core.ask(LookRequest{1, volume(base + "/closed/data", "/d")}));
  const auto seen = core.next_as<Looked>();
  EXPECT_EQ(seen.id, 1u);
  EXPECT_EQ(seen.status.mode, S_IFDIR | 0750u);
  const auto refusal = [this](HostResource resource) {
    EXPECT_TRUE(core.ask(LookRequest{2, std::move(resource)}));
    return core.next_as<LookFailed>().error;
  };
  EXPECT_EQ(refusal(volume(base + "/closed/gone", "/d")).code(), Code::not_found);
  EXPECT_EQ(refusal(volume(base + "/root/certs", "/d")).message(),
            "resource " + base + "/root/certs: it is in " + base + "/root, which no function sees");
  std::filesystem::create_directory_symlink(base + "/root", base + "/closed/way");
  EXPECT_EQ(refusal(volume(base + "/closed/way/certs", "/d")).code(), Code::permission_denied);
}

TEST_F(SourcesTest, ASystemGroupIsNotGrantedWhateverItOwns) {
  auto spec = inside(1, "");
  spec.groups = {0};
  spec.container->resources.push_back(volume(base + "/data", "/d"));  // root's
  ASSERT_TRUE(core.start(spec));
  EXPECT_EQ(core.next_as<StartFailed>().error.code(), Code::permission_denied);
  spec.groups = {54301};  // the core's
  ASSERT_TRUE(core.start(spec));
  EXPECT_EQ(core.next_as<StartFailed>().error.message(), "gid 54301 is the core's own");
}

TEST_F(SourcesTest, UsersAreAsRestrictedAsWithoutAContainer) {
  for (const uid_t uid : {uid_t{0}, uid_t{54300}}) {
    auto spec = inside(next_id++, "");
    spec.uid = uid;
    ASSERT_TRUE(core.start(spec));
    EXPECT_EQ(core.next_as<StartFailed>().error.code(), Code::permission_denied) << uid;
  }
}

TEST_F(SourcesTest, DescriptorsMustBeWhatTheyAreSaidToBe) {
  const auto file = base + "/data/value";
  EXPECT_EQ(answer_to_changed([&](auto& it) { it.package = open_path(file); }).message(),
            "the package is not a directory");
  EXPECT_EQ(answer_to_changed([&](auto& it) { it.runtimes = open_path(file); }).message(),
            "the directory of runtimes is not a directory");
  EXPECT_EQ(answer_to_changed([&](auto& it) { it.socket = open_path(file); }).message(),
            "the IPC socket is not a socket");
  EXPECT_EQ(answer_to_changed([&](auto& it) { it.package = open_path("/proc"); }).message(),
            "the package is a tree of the kernel's");
  EXPECT_EQ(answer_to_changed([&](auto& it) { it.package = open_path("/sys"); }).message(),
            "the package is a tree of the kernel's");
}

TEST_F(SourcesTest, MessagesWithoutTheirDescriptorsAreRefused) {
  auto spec = inside(1, "");
  auto descriptors = descriptors_of(spec);
  ASSERT_EQ(descriptors.size(), 10u);
  descriptors.pop_back();
  ASSERT_TRUE(send_message(core.socket(), encode(spec), descriptors));
  EXPECT_EQ(core.next_as<StartFailed>().error.message(), "start needs 10 descriptors, got 9");
  // One more than a core may send: the place of a mount that only the launcher makes.
  spec.container->resources.push_back(volume(base + "/data", "/d"));
  descriptors = descriptors_of(spec);
  descriptors.push_back(descriptors[0]);
  ASSERT_TRUE(send_message(core.socket(), encode(spec), descriptors));
  EXPECT_EQ(core.next_as<StartFailed>().error.message(), "start needs 10 descriptors, got 11");
}

TEST(ContainersWithoutRoot, AreRefused) {
  LauncherPolicy policy;
  WorkerSpec spec;
  spec.uid = spec.gid = 54321;
  ASSERT_TRUE(check(policy, {54321, 54321}, {}, spec));
  spec.container.emplace();
  EXPECT_EQ(check(policy, {54321, 54321}, {}, spec).error().message(),
            "containers need root; without it functions run with IsolationMode NoContainer only");
}

}  // namespace
}  // namespace fescue
