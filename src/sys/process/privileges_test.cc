// Accounts of this machine, and a child that gives root up for good.
#include "sys/process/privileges.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "sys/net/listener.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

TEST(FindUser, KnowsRootAndSaysWhatToDoAboutOthers) {
  const auto root = find_user("root");
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->uid, 0u);
  EXPECT_EQ(root->gid, 0u);
  EXPECT_EQ(*find_group("root"), 0u);
  for (const std::string name : {"no-such-user-here", "", "a:b"}) {
    EXPECT_EQ(find_user(name).error().code(), Code::not_found) << name;
    EXPECT_EQ(find_group(name).error().code(), Code::not_found) << name;
  }
  EXPECT_NE(find_user("no-such-user-here").error().message().find("fescue doctor --fix"), std::string::npos);
}

std::string status_line(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":\t")) return line.substr(field.size() + 2);
  }
  return "absent";
}

/// What a process sees of itself after dropping; the number of the first thing that is wrong, 0 for none.
int drop_and_look(const std::filesystem::path& directory) {
  if (!drop_privileges({4711, 4712})) return 1;
  if (status_line("Uid") != "4711\t4711\t4711\t4711") return 2;
  if (status_line("Gid") != "4712\t4712\t4712\t4712") return 3;
  if (status_line("Groups").find_first_not_of(' ') != std::string::npos) return 4;
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
    if (status_line(set) != "0000000000000000") return 5;
  }
  if (status_line("NoNewPrivs") != "1") return 6;
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 7;
  if (::setuid(0) == 0 || ::setgid(0) == 0) return 8;
  // A process that is not dumpable must still reach its own /proc/self/fd.
  asio::io_context io(1);
  if (!listen_unix(io, directory, "core.sock", 0600)) return 9;
  return 0;
}

TEST(DropPrivileges, LeavesNothingAndNoWayBack) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root, to have something to drop";
  const TempDirectory own;
  const std::string directory = own.path();
  ASSERT_EQ(::chown(directory.c_str(), 4711, 4712), 0);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(drop_and_look(directory));
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(DropPrivileges, WithoutThemIsAnErrorThatSaysWhich) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root, to become somebody who may not";
  const pid_t child = ::fork();
  if (child == 0) {
    if (!drop_privileges({4711, 4712})) ::_exit(1);
    const auto again = drop_privileges({4713, 4713});
    ::_exit(again ? 2 : again.error().code() == Code::permission_denied ? 0 : 3);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace fescue
