// Ids from the group, from accounts, and without root.
#include "functions/launch/run_as.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

/// Accounts that every Debian has.
RunAsRules rules() { return {.default_user = "nobody", .default_group = "daemon"}; }

TEST(RunAs, TheDefaultAccountsFillWhatIsNotGiven) {
  const UserIds nobody = *find_user("nobody");
  const gid_t daemon = *find_group("daemon");
  EXPECT_EQ(resolve_run_as({}, rules())->uid, nobody.uid);
  EXPECT_EQ(resolve_run_as({}, rules())->gid, daemon);
  EXPECT_EQ(resolve_run_as({.uid = 4711, .gid = {}}, rules())->uid, 4711U);
  EXPECT_EQ(resolve_run_as({.uid = 4711, .gid = {}}, rules())->gid, daemon);
  EXPECT_EQ(resolve_run_as({.uid = {}, .gid = 4712}, rules())->uid, nobody.uid);
  EXPECT_EQ(resolve_run_as({.uid = {}, .gid = 4712}, rules())->gid, 4712U);
}

TEST(RunAs, AMissingAccountIsNamed) {
  RunAsRules absent = rules();
  absent.default_user = "no_such_user_here";
  const auto ids = resolve_run_as({}, absent);
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code(), Code::not_found);
  EXPECT_NE(ids.error().message().find("no_such_user_here"), std::string::npos);
  EXPECT_TRUE(resolve_run_as({.uid = 1, .gid = 1}, absent));
}

TEST(RunAs, RootNeedsPermission) {
  for (const RunAs& root : {RunAs{.uid = 0, .gid = 5}, RunAs{.uid = 5, .gid = 0}}) {
    ASSERT_FALSE(resolve_run_as(root, rules()));
    EXPECT_EQ(resolve_run_as(root, rules()).error().code(), Code::permission_denied);
    RunAsRules generous = rules();
    generous.allow_root_functions = true;
    EXPECT_TRUE(resolve_run_as(root, generous));
  }
}

TEST(RunAs, WithoutRootEverythingRunsAsTheCore) {
  RunAsRules alone = rules();
  alone.only_user = UserIds{1234, 1235};
  EXPECT_EQ(resolve_run_as({.uid = 0, .gid = 0}, alone)->uid, 1234U);
  EXPECT_EQ(resolve_run_as({}, alone)->gid, 1235U);
}

TEST(HomeOf, IsADirectoryThatExists) {
  EXPECT_EQ(home_of(0), "/root");
  EXPECT_EQ(home_of(find_user("nobody")->uid), "/");  // its entry names a directory that is not there
  EXPECT_EQ(home_of(987654321), "/");
}

}  // namespace
}  // namespace fescue
