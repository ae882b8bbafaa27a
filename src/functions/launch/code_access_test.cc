// Who gets into a directory of code, tried as the users themselves.
#include "functions/launch/code_access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

/// Whether a user of that uid alone can read the file, and list its directory.
bool can_read(uid_t uid, const std::string& directory) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setresgid(uid, uid, uid) != 0 || ::setresuid(uid, uid, uid) != 0) ::_exit(2);
    const bool reads = ::open((directory + "/app.py").c_str(), O_RDONLY) >= 0;
    const bool lists = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY) >= 0;
    ::_exit(reads && lists ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_NE(WEXITSTATUS(status), 2);
  return WEXITSTATUS(status) == 0;
}

class CodeAccess : public ::testing::Test {
 protected:
  CodeAccess() {
    ::chmod(base.path().c_str(), 0711);
    ::mkdir(code.c_str(), 0755);
    ::chmod(code.c_str(), 0755);
    std::ofstream(code + "/app.py") << "secret = 1\n";
    ::chmod((code + "/app.py").c_str(), 0644);
  }
  mode_t mode() const {
    struct stat status {};
    ::stat(code.c_str(), &status);
    return status.st_mode & 07777;
  }

  TempDirectory base;
  std::string code = base.path("code");
};

TEST_F(CodeAccess, IsForTheUsersOfTheFunctionsAlone) {
  if (::geteuid() != 0) GTEST_SKIP() << "being others needs root";
  EXPECT_TRUE(can_read(54401, code));
  ASSERT_TRUE(open_code_to(code, {54402, 54401}));
  EXPECT_TRUE(can_read(54401, code));
  EXPECT_TRUE(can_read(54402, code));
  EXPECT_FALSE(can_read(54403, code));
  ASSERT_TRUE(open_code_to(code, {54402}));
  EXPECT_FALSE(can_read(54401, code));
  EXPECT_TRUE(can_read(54402, code));
}

TEST_F(CodeAccess, TheOwnersOwnIsForNobodyElse) {
  ASSERT_TRUE(open_code_to(code, {::geteuid()}));
  EXPECT_EQ(mode(), 0700U);
  ASSERT_TRUE(open_code_to(code, {}));
  EXPECT_EQ(mode(), 0700U);
}

TEST_F(CodeAccess, NoLinkIsFollowed) {
  const std::string link = base.path("link");
  ASSERT_EQ(::symlink(code.c_str(), link.c_str()), 0);
  EXPECT_FALSE(open_code_to(link, {54401}));
  EXPECT_FALSE(open_code_to(base.path("absent"), {54401}));
  EXPECT_EQ(mode(), 0755U);
}

}  // namespace
}  // namespace fescue
