// Accounts as the files of a machine name them.
#include "sandbox/launcher/system_accounts.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

struct AccountFiles : TempDirectory {
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }
};

TEST(SystemAccounts, GroupsAreReadByName) {
  const AccountFiles directory;
  const auto file = directory.file("group", "root:x:0:\nshadow:x:42:\nmine:x:1000:me\ndocker:x:998:me\nbroken\n");
  EXPECT_EQ(read_system_accounts(file, "").groups, (std::set<gid_t>{0, 42, 998}));
  EXPECT_EQ(read_system_accounts("/nonexistent/group", "").groups, (std::set<gid_t>{0}));
}

TEST(SystemAccounts, GroupsThatLeadToRootAreSystemGroupsAndThoseOfDevicesAreNot) {
  const AccountFiles directory;
  std::string text;
  std::set<gid_t> refused{0};
  for (const char* name : {"adm", "staff", "systemd-journal", "ssl-cert", "podman", "incus", "lxc", "backup"}) {
    text += std::string(name) + ":x:" + std::to_string(100 + refused.size()) + ":\n";
    refused.insert(100 + static_cast<gid_t>(refused.size()));
  }
  text += "dialout:x:200:\ngpio:x:201:\nvideo:x:202:\naudio:x:203:\ni2c:x:204:\nplugdev:x:205:\ninput:x:206:\n";
  EXPECT_EQ(read_system_accounts(directory.file("group", text), "").groups, refused);
}

TEST(SystemAccounts, MembersAreThoseOfEitherFile) {
  const AccountFiles directory;
  const std::string groups =
      directory.file("group", "root:x:0:\nsudo:x:27:ada,bob\ndialout:x:20:eve\ndocker:x:998:carol\n");
  const std::string users =
      directory.file("passwd",
                     "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/:/bin/sh\neve:x:1001:1001::/:/bin/sh\n"
                     "dan:x:1002:998::/:/bin/sh\nbroken\ncarol:x:1003:1003::/:/bin/sh\n");
  const SystemAccounts accounts = read_system_accounts(groups, users);
  EXPECT_EQ(accounts.members,
            (std::map<uid_t, std::string>{{0, "root"}, {1000, "sudo"}, {1002, "docker"}, {1003, "docker"}}));
  EXPECT_FALSE(check_uid(accounts, {}, 1000));
  EXPECT_TRUE(check_uid(accounts, {1000}, 1000));
  EXPECT_TRUE(check_uid(accounts, {}, 1001));
  EXPECT_TRUE(check_uid(accounts, {}, 54321)) << "an account is not needed";
  EXPECT_FALSE(check_uid(accounts, {}, 2));
}

}  // namespace
}  // namespace fescue
