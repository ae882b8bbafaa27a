// What a function in a container cannot do to the host although it runs as root (runtime.allowFunctionsToRunAsRoot).
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/container/container_test_support.h"

namespace fescue {
namespace {

using Access = HostResource::Access;

class RootFunctionTest : public ContainerTest {
 protected:
  WorkerSpec as_root(const std::string& script) {
    auto spec = inside(next_id++, script);
    spec.uid = 0;
    spec.gid = 0;
    return spec;
  }
  WorkerSpec as_root_in_python(const std::string& code) {
    auto spec = as_root("");
    spec.program = "/usr/bin/python3";
    spec.arguments = {"python3", "-c", R"(
import errno, os
def attempt(action):
    try:
        action()
        return 'allowed'
    except OSError as error:
        return errno.errorcode[error.errno]
)" + code};
    return spec;
  }
  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }

  TestCore open{{.core_uid = 54300,
                 .core_gid = 54301,
                 .root_functions = RootFunctions::yes,
                 .protected_directories = {base + "/root"}}};
};

TEST_F(RootFunctionTest, TheHostsDeviceNodesKeepTheirModes) {
  const mode_t before = mode_of("/dev/null");
  EXPECT_EQ(open.output_of(as_root_in_python(R"(
print(attempt(lambda: os.chmod('/dev/null', 0o600)), attempt(lambda: os.chown('/dev/null', 0, 0)))
print(attempt(lambda: os.utime('/dev/null')), attempt(lambda: open('/dev/null', 'w').write('x')))
print(attempt(lambda: os.remove('/dev/null')), attempt(lambda: os.mkdir('/dev/new')))
)")),
            "EROFS EROFS\nEROFS allowed\nEROFS EROFS\n");
  EXPECT_EQ(mode_of("/dev/null"), before);
}

TEST_F(RootFunctionTest, AttachedDevicesKeepTheirModesToo) {
  if (::access("/dev/fuse", F_OK) != 0) GTEST_SKIP() << "/dev/fuse is not there";
  const mode_t before = mode_of("/dev/fuse");
  auto spec = as_root_in_python(R"(
print(attempt(lambda: os.chmod('/dev/fuse', 0o600)), attempt(lambda: os.open('/dev/fuse', os.O_RDWR)))
)");
  spec.container->resources.push_back(device("/dev/fuse"));
  const std::string said = open.output_of(std::move(spec));
  EXPECT_EQ(said.substr(0, said.find(' ')), "EROFS") << said;
  EXPECT_EQ(mode_of("/dev/fuse"), before);
}

TEST_F(RootFunctionTest, NoSetIdFilesAppearInAVolume) {
  auto spec = as_root_in_python(R"(
os.umask(0)
open('/data/mine', 'w').write('x')
print(attempt(lambda: os.chmod('/data/mine', 0o4755)), attempt(lambda: os.chmod('/data/mine', 0o2755)))
print(attempt(lambda: os.open('/data/new', os.O_CREAT | os.O_WRONLY, 0o4755)))
print(attempt(lambda: os.mknod('/data/node', 0o104755)), attempt(lambda: os.chmod('/data/mine', 0o750)))
)");
  spec.container->resources.push_back(volume(base + "/data", "/data", Access::read_write));
  EXPECT_EQ(open.output_of(std::move(spec)), "EPERM EPERM\nEPERM\nEPERM allowed\n");
  for (const auto& entry : std::filesystem::directory_iterator(base + "/data")) {
    EXPECT_EQ(mode_of(entry.path()) & 06000, 0U) << entry.path();
  }
}

TEST_F(RootFunctionTest, VolumesAreWithoutSetIdProgramsAndDevices) {
  for (const Access access : {Access::read_only, Access::read_write}) {
    auto spec =
        as_root("grep ' /data ' /proc/self/mountinfo | cut -d' ' -f6 | tr ',' '\\n' | grep -c -x -e nosuid -e nodev");
    spec.container->resources.push_back(volume(base + "/data", "/data", access));
    EXPECT_EQ(open.output_of(std::move(spec)), "2\n");
  }
}

}  // namespace
}  // namespace fescue
