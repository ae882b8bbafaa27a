// Judgements on given texts and files, and one look at this host.
#include "core/doctor/doctor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/doctor/cgroups.h"
#include "sys/net/listener.h"
#include "tests/fakes/temp_directory.h"

namespace fescue::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kHybrid =
    "30 23 0:26 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755\n"
    "31 30 0:27 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
    "34 30 0:30 / /sys/fs/cgroup/memory rw,nosuid shared:15 - cgroup cgroup rw,memory\n"
    "35 30 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:16 - cgroup cgroup rw,cpu,cpuacct\n"
    "36 30 0:32 / /sys/fs/cgroup/systemd rw,nosuid shared:17 - cgroup cgroup rw,xattr,name=systemd\n";
constexpr std::string_view kUnified = "26 21 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

Verdict worst(const Findings& findings) {
  Verdict out = Verdict::good;
  for (const Finding& finding : findings) out = std::max(out, finding.verdict);
  return out;
}

TEST(HostCgroups, AreReadFromMountinfo) {
  const HostCgroups hybrid = parse_cgroups(kHybrid, "hugetlb\n");
  EXPECT_EQ(hybrid.kind, HostCgroups::Kind::hybrid);
  EXPECT_THAT(hybrid.v1, ElementsAre("cpu", "cpuacct", "memory"));
  EXPECT_THAT(hybrid.v2, ElementsAre("hugetlb"));
  EXPECT_EQ(v2_mount(kHybrid), "/sys/fs/cgroup/unified");
  EXPECT_EQ(v2_mount("26 21 0:22 / /cgroup\\040two rw - cgroup2 cgroup2 rw\n"), "/cgroup two");
  EXPECT_EQ(parse_cgroups(kUnified, "cpu io memory pids\n").kind, HostCgroups::Kind::v2);
  EXPECT_EQ(parse_cgroups("garbage\n\n1 2 3 - \n", "").kind, HostCgroups::Kind::none);
}

TEST(HostCgroups, AreJudgedByTheControllersThatContainersNeed) {
  EXPECT_EQ(worst(judge_cgroups(parse_cgroups(kUnified, "cpu io memory pids"))), Verdict::good);
  const Findings hybrid = judge_cgroups(parse_cgroups(kHybrid, "hugetlb"));
  EXPECT_EQ(worst(hybrid), Verdict::warning);
  EXPECT_THAT(hybrid.at(0).text, HasSubstr("without pids"));
  EXPECT_EQ(worst(judge_cgroups({})), Verdict::warning);
  HostCgroups v1{HostCgroups::Kind::v1, {"memory", "pids", "cpu"}, {}};
  EXPECT_THAT(judge_cgroups(v1).at(0).text, HasSubstr("without devices"));
  v1.v1.insert("devices");
  EXPECT_EQ(worst(judge_cgroups(v1)), Verdict::good);
}

TEST(Doctor, JudgesTheClock) {
  const WallTime built = from_epoch_milliseconds(1'700'000'000'000);
  const auto hour = std::chrono::hours(1);
  EXPECT_EQ(worst(judge_clock(built - hour, built, ClockSync::synchronised)), Verdict::problem);
  EXPECT_EQ(worst(judge_clock(built + hour, built, ClockSync::synchronised)), Verdict::good);
  EXPECT_EQ(worst(judge_clock(built + hour, built, ClockSync::free_running)), Verdict::note);
  EXPECT_THAT(judge_clock(built + hour, built, ClockSync::free_running).at(0).advice, HasSubstr("5 minutes"));
  EXPECT_EQ(worst(judge_clock(built + hour, built, ClockSync::unknown)), Verdict::note);
}

TEST(Doctor, JudgesLinkProtection) {
  EXPECT_EQ(worst(judge_link_protection("1\n", "1\n")), Verdict::good);
  EXPECT_EQ(worst(judge_link_protection("0\n", "1\n")), Verdict::warning);
  EXPECT_EQ(worst(judge_link_protection("1\n", "")), Verdict::warning);
}

TEST(Doctor, SaysWhichPortsAreFreeAndWhoHasTheOthers) {
  asio::io_context io;
  const auto taken = listen_tcp(io, "127.0.0.1", 0, "--test").value();
  const HostPort address{"127.0.0.1", taken.local_endpoint().port()};
  const Findings others = check_ports({{"the API (--api)", address}});
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others[0].verdict, Verdict::warning);
  EXPECT_THAT(others[0].text, HasSubstr("held by"));
  EXPECT_TRUE(others[0].text.ends_with("choose another with --api")) << others[0].text;
  const Findings ours = check_ports({{"the API (--api)", address, true}});
  EXPECT_EQ(worst(ours), Verdict::good);
  const Findings free = check_ports({{"the API (--api)", {"127.0.0.1", 0}}});
  EXPECT_THAT(free.at(0).text, HasSubstr("free: 127.0.0.1:0"));
}

TEST(Doctor, RootMustBePassable) {
  if (::geteuid() != 0) GTEST_SKIP() << "without root functions run as this user";
  const TempDirectory own;
  const std::string root = own.path();
  ::chmod(root.c_str(), 0755);
  EXPECT_EQ(worst(check_root(root)), Verdict::good);
  EXPECT_EQ(worst(check_root(root + "/not/there/yet")), Verdict::good);
  ::chmod(root.c_str(), 0700);
  const Findings closed = check_root(root + "/not/there/yet");
  EXPECT_EQ(worst(closed), Verdict::problem);
  EXPECT_THAT(closed.at(0).text, HasSubstr(root));
}

std::vector<std::string> lines_of(const Findings& findings) {
  std::vector<std::string> out;
  for (const Finding& each : findings) out.push_back(std::string(name_of(each.verdict)) + ": " + each.text);
  return out;
}

TEST(Doctor, ListsInterpretersAndWhatBecomesOfTheRuntimesOfV1) {
  namespace fs = std::filesystem;
  const TempDirectory own;
  const fs::path root = own.path();
  const std::string here = root.string();
  ::chmod(here.c_str(), 0755);  // the functions' user has to come in
  const auto put = [&](const std::string& name, const std::string& text, mode_t mode) {
    std::ofstream(root / name) << "#!/bin/sh\n" << text;
    ::chmod((root / name).c_str(), mode);
  };
  put("python3.8", "", 0755);
  put("python3.11", "", 0700);
  put("node", "echo v20.1.0\n", 0755);
  InterpreterSearch search;
  search.directories = {here};
  search.jvms = here + "/jvm";
  const auto found = lines_of(check_interpreters(search, {54321, 54321}));
  EXPECT_THAT(found, testing::Contains("ok: Python: " + here + "/python3.8 (Python 3.8)"));
  EXPECT_THAT(found, testing::Contains("ok: Node.js: " + here + "/node (Node.js 20.1)"));
  EXPECT_THAT(found, testing::Contains(HasSubstr("warning: " + here + "/python3.11 (Python 3.11) is of no use: ")));
  EXPECT_THAT(found, testing::Contains(HasSubstr("nearest newer would run python3.7 on " + here + "/python3.8, node")));
  EXPECT_THAT(found, testing::Contains(HasSubstr("nothing here runs python2.7")));
  fs::remove_all(root);
  EXPECT_EQ(worst(check_interpreters(search, {54321, 54321})), Verdict::problem);
}

TEST(Doctor, LooksAtThisHost) {
  EXPECT_FALSE(check_accounts().empty());
  EXPECT_FALSE(check_host(wall_now()).empty());
  EXPECT_LT(worst(check_installation()), Verdict::problem);
  EXPECT_LT(worst(check_runtimes(nullptr)), Verdict::problem);
  EXPECT_EQ(worst(check_core("/nonexistent", wall_now())), Verdict::problem);
}

}  // namespace
}  // namespace fescue::doctor
