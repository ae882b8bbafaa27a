// Real containers: what a worker sees inside, and how containers end. What it cannot do is in escape_test.cc, what the
// launcher refuses to put in one in sources_test.cc.
#include <unistd.h>

#include "sandbox/container/container_test_support.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using Access = HostResource::Access;

TEST_F(ContainerTest, PackageRuntimesAndSocketAreInTheirPlaces) {
  EXPECT_EQ(output_of("pwd; cat code /runtime/version; test -S /greengrass_ipc.sock && echo socket"),
            "/lambda\nthe code\nthe runtimes\nsocket\n");
}

TEST_F(ContainerTest, PackageAndRuntimesAreReadOnly) {
  ::chmod((base + "/package").c_str(), 0777);
  EXPECT_EQ(output_of("touch /lambda/x /runtime/x 2>&1 | sed 's/.*: //'"),
            "Read-only file system\nRead-only file system\n");
}

TEST_F(ContainerTest, TheSocketConnectsToItsListener) {
  auto spec = inside(1, "");
  spec.program = "/usr/bin/python3";
  spec.arguments = {"python3", "-c",
                    "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/greengrass_ipc.sock'); "
                    "print(s.recv(9).decode())"};
  auto [read, write] = make_pipe();
  spec.outputs[1] = Fd(::dup(write.get()));
  spec.outputs[0] = std::move(write);
  ASSERT_TRUE(core.start(spec));
  spec = {};
  const pid_t pid = core.next_as<Started>().pid;
  const Fd peer(::accept(listener.get(), nullptr, nullptr));
  ASSERT_TRUE(peer) << read_to_end(read);
  ucred credentials{};
  socklen_t size = sizeof credentials;
  ASSERT_EQ(::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size), 0);
  EXPECT_EQ(credentials.pid, pid);  // the host's
  EXPECT_EQ(credentials.uid, kWorkerUid);
  EXPECT_EQ(credentials.gid, kWorkerGid);
  ASSERT_EQ(::write(peer.get(), "hello", 5), 5);
  EXPECT_EQ(read_to_end(read), "hello\n");
}

TEST_F(ContainerTest, ItHasTheHostsUserAndNoOther) {
  EXPECT_EQ(output_of("id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '"),
            "54321\n54322\n 54321 54321 1\n 54322 54322 1\n");
}

TEST_F(ContainerTest, ItHasNoPrivilegesAndAFilter) {
  EXPECT_EQ(output_of("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | cut -f2 | sort | uniq -c | tr -s ' '"),
            " 5 0000000000000000\n 1 1\n 1 2\n");
}

TEST_F(ContainerTest, HostFilesAreThereAndChangesAreThrownAway) {
  ::chmod((base + "/data").c_str(), 0777);
  EXPECT_EQ(output_of("head -c4 /bin/sh | tail -c3; mkdir -p /var/tmp/mine && echo x > /var/tmp/mine/file && cat "
                      "/var/tmp/mine/file"),
            "ELFx\n");
  EXPECT_FALSE(std::filesystem::exists("/var/tmp/mine"));
  EXPECT_EQ(output_of("ls -d /var/tmp/mine 2>&- || echo gone"), "gone\n");
}

TEST_F(ContainerTest, ProgramsOfTheHostAreReadOnly) {
  EXPECT_EQ(output_of("touch /usr/share/mine 2>&1 | sed 's/.*: //'; ls -d /usr/share/mine 2>&- || echo none"),
            "Read-only file system\nnone\n");
  EXPECT_EQ(output_of("grep -c ' /usr ' /proc/self/mountinfo"), "1\n");
}

TEST_F(ContainerTest, SomethingCanBeAttachedAmongThem) {
  EXPECT_EQ(output_with(volume(base + "/data", "/usr/share/some/new/place"),
                        "cat /usr/share/some/new/place/value; ls /usr/bin/env"),
            "42\n/usr/bin/env\n");
  EXPECT_FALSE(std::filesystem::exists("/usr/share/some"));
}

TEST_F(ContainerTest, TmpIsItsOwn) {
  EXPECT_EQ(output_of("ls -A /tmp | wc -l; stat -c %a /tmp; echo y > /tmp/file; cat /tmp/file"), "0\n1777\ny\n");
  EXPECT_EQ(output_of("ls -A /tmp | wc -l"), "0\n");
}

TEST_F(ContainerTest, ScratchSpaceIsLimitedAsAWhole) {
  auto spec = inside(1,
                     "head -c 700000 /dev/zero > /tmp/a && echo fits; head -c 700000 /dev/zero 2>&- > /var/tmp/b || "
                     "echo full; rm /tmp/a; head -c 700000 /dev/zero > /dev/shm/c && echo fits again");
  spec.container->scratch_kb = 1024;
  EXPECT_EQ(core.output_of(std::move(spec)), "fits\nfull\nfits again\n");
  EXPECT_EQ(output_of("head -c 50000000 /dev/zero > /tmp/a && echo fits"), "fits\n");
}

TEST_F(ContainerTest, RootAndHomesAreEmpty) {
  ::chmod((base + "/root").c_str(), 0777);
  EXPECT_EQ(output_of("ls -A " + base + "/root /root /home 2>&1 | grep -v ':$' | tr -d '\\n'"), "");
  auto spec = inside(100, "ls -A " + base + "/data; touch " + base + "/data/x 2>&1 | sed 's/.*: //'");
  EXPECT_EQ(core.output_of(std::move(spec)), "value\nPermission denied\n");
  spec = inside(101, "ls -A " + base + "/data; touch " + base + "/data/x 2>&1 | sed 's/.*: //'");
  spec.container->masks = {base + "/data", "/nonexistent/directory", "/etc/passwd/x"};
  EXPECT_EQ(core.output_of(std::move(spec)), "Read-only file system\n");
}

TEST_F(ContainerTest, ProcessesAreItsOwn) {
  EXPECT_EQ(output_of("set -- /proc/[0-9]*; echo $#; [ $$ -lt 10 ] && echo small"), "1\nsmall\n");
}

TEST_F(ContainerTest, DevicesAreTheFewThatProgramsExpect) {
  EXPECT_EQ(output_of("ls /dev | tr '\\n' ' '; echo a > /dev/null; head -c2 /dev/zero | wc -c; test -c /dev/ptmx && "
                      "echo terminals"),
            "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 2\nterminals\n");
}

TEST_F(ContainerTest, SysIsThereOnRequestAndReadOnly) {
  EXPECT_EQ(output_of("ls -A /sys | wc -l"), "0\n");
  auto spec = inside(100, "test -d /sys/class/net/lo && echo there; ls /sys/fs/cgroup | wc -l");
  spec.container->sysfs = Sysfs::yes;
  EXPECT_EQ(core.output_of(std::move(spec)), "there\n0\n");
}

TEST_F(ContainerTest, TheNetworkIsTheHosts) {
  EXPECT_EQ(
      output_of("readlink /proc/self/ns/net") == std::filesystem::read_symlink("/proc/self/ns/net").string() + "\n",
      true);
}

TEST_F(ContainerTest, VolumesAreAtTheirDestinations) {
  EXPECT_EQ(output_with(volume(base + "/data", "/some/new/place"), "cat /some/new/place/value"), "42\n");
  EXPECT_EQ(output_with(volume(base + "/data/value", "/one/file"), "cat /one/file"), "42\n");
  EXPECT_EQ(output_with(volume(base + "/data", "/home/pi/data"), "cat /home/pi/data/value; ls /home"), "42\npi\n");
  EXPECT_EQ(output_with(volume("/proc", "/host-proc"), "test -d /host-proc/" + std::to_string(::getpid()) + " && echo"),
            "\n");
}

TEST_F(ContainerTest, VolumesAreWritableIfTheyAreGivenSo) {
  ::chmod((base + "/data").c_str(), 0777);
  EXPECT_EQ(output_with(volume(base + "/data", "/data"), "touch /data/x 2>&1 | sed 's/.*: //'"),
            "Read-only file system\n");
  EXPECT_EQ(output_with(volume(base + "/data", "/data", Access::read_write), "echo new > /data/x && echo done"),
            "done\n");
  EXPECT_EQ(read_file(base + "/data/x"), "new\n");
  struct stat status;
  ASSERT_EQ(::stat((base + "/data/x").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kWorkerUid);  // ids are the host's
}

TEST_F(ContainerTest, AGroupThatOwnsAResourceCanBeGranted) {
  std::filesystem::create_directory(base + "/shared");
  ASSERT_EQ(::chown((base + "/shared").c_str(), 0, 54400), 0);
  ::chmod((base + "/shared").c_str(), 0770);
  const auto with_group = [&](std::vector<gid_t> groups) {
    auto spec = inside(next_id++, "id -G; echo x > /shared/x && echo written");
    spec.groups = std::move(groups);
    spec.container->resources.push_back(volume(base + "/shared", "/shared", Access::read_write));
    return core.output_of(std::move(spec));
  };
  EXPECT_EQ(with_group({54400}), "54322 54400\nwritten\n");
  EXPECT_EQ(with_group({}), "54322\n");
  EXPECT_EQ(with_group({54400, 54401}), "group 54401 owns none of the function's resources");
}

TEST_F(ContainerTest, DeviceResourcesAreAtTheirPath) {
  const char* spare = "/dev/fuse";
  if (!std::filesystem::exists(spare)) GTEST_SKIP() << spare << " is not there";
  EXPECT_EQ(output_with(device(spare), "test -c /dev/fuse && echo there"), "there\n");
}

TEST_F(ContainerTest, ADirectoryOfDevicesIsAttachedWithAllOfItsDrivers) {
  struct stat fuse;
  if (::stat("/dev/fuse", &fuse) != 0) GTEST_SKIP() << "/dev/fuse is not there";
  const TempDirectory own("/dev");
  const std::string directory = own.path();
  std::filesystem::create_directory(directory + "/001");
  ::chmod(directory.c_str(), 0755);
  const std::string node = directory + "/001/002";
  ASSERT_EQ(::mknod(node.c_str(), S_IFCHR | 0666, fuse.st_rdev), 0);
  ::chmod(node.c_str(), 0666);
  EXPECT_EQ(output_with(device(directory), ": <> " + node + " && echo opened"), "opened\n");
  EXPECT_EQ(output_of("ls -d " + directory + " 2>&- || echo none"), "none\n");
}

TEST_F(ContainerTest, WhatCannotBeAttachedIsNamed) {
  const std::string data = "the resource " + base + "/data";
  EXPECT_EQ(output_with(volume(base + "/data", "/etc/passwd"), ""),
            data + ": /etc/passwd is not a directory on the host, so only a file can be attached there");
  EXPECT_EQ(output_with(volume(base + "/data/value", "/etc"), ""),
            data + "/value: /etc is a directory on the host, so only a directory can be attached there");
  EXPECT_EQ(output_with(volume(base + "/data", "/etc/passwd/x/y"), ""),
            data + ": /etc/passwd is a file, so there is no /etc/passwd/x/y");
  for (const char* source : {"/data", "/data/value"}) {
    EXPECT_EQ(output_with(volume(base + source, "/lambda/inner"), ""),
              "the resource " + base + source +
                  ": there is no /lambda/inner and none can be made: what it would lie in is read-only");
  }
}

TEST_F(ContainerTest, AKillEndsAllOfIt) {
  auto spec = inside(1, "(setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 100; done' &) ; echo up; sleep 1000");
  Fd read = core.start_reading(std::move(spec));
  ASSERT_TRUE(read);
  ASSERT_GT(core.next_as<Started>().pid, 0);
  ASSERT_EQ(read_line(read), "up");
  ASSERT_TRUE(core.ask(KillRequest{1}));
  EXPECT_EQ(core.next_as<WorkerExit>().cause, ExitCause::killed);
  EXPECT_EQ(read_to_end(read), "");  // nobody holds the other end
}

TEST_F(ContainerTest, OrphansGoWithTheWorker) {
  auto spec = inside(1, "(setsid sleep 1000 &); exit 3");
  Fd read = core.start_reading(std::move(spec));
  ASSERT_TRUE(read);
  ASSERT_GT(core.next_as<Started>().pid, 0);
  const auto exit = core.next_as<WorkerExit>();
  EXPECT_EQ(exit.cause, ExitCause::exited);
  EXPECT_EQ(exit.exit_code, 3);
  EXPECT_EQ(read_to_end(read), "");
}

TEST_F(ContainerTest, SignalsHaveTheirUsualMeaning) {
  auto spec = inside(1, "echo up; exec sleep 1000");
  Fd read = core.start_reading(std::move(spec));
  ASSERT_TRUE(read);
  ASSERT_GT(core.next_as<Started>().pid, 0);
  ASSERT_EQ(read_line(read), "up");
  ASSERT_TRUE(core.ask(SignalRequest{1, SIGTERM}));  // not the first process of its namespace: it need not handle it
  const auto exit = core.next_as<WorkerExit>();
  EXPECT_EQ(exit.cause, ExitCause::signalled);
  EXPECT_EQ(exit.signal, SIGTERM);
}

TEST_F(ContainerTest, TheLaunchersAndTheMonitorDeathEndIt) {
  for (const bool launcher_dies : {false, true}) {
    auto spec = inside(next_id, "(setsid sleep 1000 &); echo up; sleep 1000");
    Fd read = core.start_reading(std::move(spec));
    ASSERT_TRUE(read);
    const pid_t worker = core.next_as<Started>().pid;
    ASSERT_EQ(read_line(read), "up");
    ASSERT_EQ(::kill(launcher_dies ? core.pid() : parent_of(worker), SIGKILL), 0);
    EXPECT_EQ(read_to_end(read), "");
    EXPECT_TRUE(ends(worker));
    if (!launcher_dies) {
      const auto exit = core.next_as<WorkerExit>();
      EXPECT_EQ(exit.id, next_id++);
      EXPECT_EQ(exit.cause, ExitCause::lost);
    }
  }
}

TEST_F(ContainerTest, NoStartLeavesAnythingBehind) {
  output_of("");
  core.wait_until_idle();
  const auto mounts = read_file("/proc/self/mountinfo");
  const auto launcher = open_descriptors_of(core.pid());
  const auto own = open_descriptors_of(::getpid());
  for (int round = 0; round < 40; ++round) {
    auto spec = inside(next_id++, "exit 0");
    if (round % 4 == 0) spec.program = "/nonexistent";
    core.output_of(std::move(spec));
  }
  core.wait_until_idle();
  EXPECT_EQ(open_descriptors_of(core.pid()), launcher);
  EXPECT_EQ(open_descriptors_of(::getpid()), own);
  EXPECT_EQ(read_file("/proc/self/mountinfo"), mounts);
}

class LessAbleHost : public ContainerTest {
 protected:
  static LauncherPolicy without(const std::string& feature) {
    return {.core_uid = 54300, .core_gid = 54301, .without = {feature}};
  }
};

TEST_F(LessAbleHost, WithoutUserNamespacesTheRestStillHolds) {
  TestCore host(without("user-namespaces"));
  EXPECT_EQ(host.facilities().no_containers, "");
  EXPECT_EQ(host.output_of(inside(1,
                                  "id -u; id -G; cat code; tr -s ' ' < /proc/self/uid_map; grep -cE "
                                  "'^Cap.*0000000000000000$|^Seccomp:.2|^NoNewPrivs:.1' /proc/self/status")),
            "54321\n54322\nthe code\n 0 0 4294967295\n7\n");
}

TEST_F(LessAbleHost, WithoutOverlayContainersAreRefusedAndNothingElse) {
  TestCore host(without("overlay"));
  EXPECT_EQ(host.facilities().no_containers, "mount overlay at /proc/root: No such device");
  EXPECT_EQ(host.output_of(inside(1, "echo")), "mount overlay at /proc/root: No such device");
  EXPECT_EQ(host.output_of(shell(2, "echo outside")), "outside\n");
}

TEST_F(ContainerTest, NothingIsAttachedThroughALinkThatAFunctionLeft) {
  ASSERT_EQ(::symlink("/etc", (base + "/data/inner").c_str()), 0);
  auto spec = inside(next_id++, "ls /etc");
  spec.container->resources.push_back(volume(base + "/data", "/data", Access::read_write));
  spec.container->resources.push_back(volume(base + "/package", "/data/inner"));
  EXPECT_EQ(core.output_of(std::move(spec)),
            "the resource " + base +
                "/package: /data/inner is a symbolic link that others than root may have made; "
                "nothing is attached through it");
  // The source of a volume is seen in its own place as well.
  spec = inside(next_id++, "ls /etc");
  spec.container->resources.push_back(volume(base + "/data", "/data", Access::read_write));
  spec.container->resources.push_back(volume(base + "/package", base + "/data/inner"));
  EXPECT_NE(core.output_of(std::move(spec)).find("is a symbolic link"), std::string::npos);
}

TEST_F(ContainerTest, LinksOfTheHostsRootAreFollowedInside) {
  ASSERT_EQ(::symlink("runtimes", (base + "/link").c_str()), 0);
  auto spec = inside(next_id++, "cat " + base + "/runtimes/made/code");
  spec.container->resources.push_back(volume(base + "/package", base + "/link/made"));
  EXPECT_EQ(core.output_of(std::move(spec)), "the code\n");
  EXPECT_FALSE(std::filesystem::exists(base + "/runtimes/made"));
}

TEST_F(ContainerTest, DirectoriesThatMovedIntoUsrAreReachedByTheirOldNamesToo) {
  for (const std::string old : {"/lib", "/bin", "/sbin"}) {
    if (!std::filesystem::is_symlink(old)) GTEST_SKIP() << old << " is a directory of its own here";
    EXPECT_EQ(output_with(volume(base + "/data", old + "/ncx"), "cat /usr" + old + "/ncx/value; ls /usr/bin/env"),
              "42\n/usr/bin/env\n");
    EXPECT_FALSE(std::filesystem::exists("/usr" + old + "/ncx"));
  }
}

TEST_F(ContainerTest, ARehearsalDoesAllButTheFunctions) {
  auto spec = inside(next_id++, "touch /data/x; echo it runs");
  spec.rehearsal = Rehearsal::yes;
  spec.container->resources.push_back(volume(base + "/data", "/data", Access::read_write));
  ::chmod((base + "/data").c_str(), 0777);
  EXPECT_EQ(core.output_of(std::move(spec)), "");
  EXPECT_EQ(core.exit().cause, ExitCause::exited);
  EXPECT_EQ(core.exit().exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(base + "/data/x"));
}

TEST_F(ContainerTest, ARehearsalFailsAsTheStartWould) {
  const auto rehearse = [&](HostResource resource) {
    auto spec = inside(next_id++, "true");
    spec.program = "/usr/bin/env";
    spec.rehearsal = Rehearsal::yes;
    spec.container->resources.push_back(std::move(resource));
    return core.output_of(std::move(spec));
  };
  EXPECT_NE(rehearse(volume(base + "/data", "/etc/passwd")).find("/etc/passwd is not a directory"), std::string::npos);
  EXPECT_EQ(rehearse(volume(base + "/data", "/usr/bin")), "run /usr/bin/env: No such file or directory");
  EXPECT_EQ(rehearse(volume(base + "/data", "/bin")), "run /usr/bin/env: No such file or directory");
  const std::string without_libraries = rehearse(volume(base + "/data", "/usr/lib"));
  EXPECT_TRUE(without_libraries.starts_with("run /usr/bin/env: it needs /lib")) << without_libraries;
  EXPECT_EQ(rehearse(volume(base + "/data", "/data")), "");
}

TEST_F(ContainerTest, APlaceOfAnotherKindIsAConflict) {
  auto spec = inside(next_id++, "true");
  spec.container->resources.push_back(volume(base + "/package/code", base + "/data"));
  EXPECT_NE(core.output_of(std::move(spec)).find(base + "/data is a directory on the host"), std::string::npos);
}

}  // namespace
}  // namespace fescue
