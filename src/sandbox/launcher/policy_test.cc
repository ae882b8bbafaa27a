// Which ids and groups a policy lets pass, and its way over the command line.
#include "sandbox/launcher/policy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

struct FileDirectory : TempDirectory {
  std::string file(const std::string& name, const std::string& content, mode_t mode) const {
    std::ofstream(path(name)) << content;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }
};

const LauncherPolicy kStrictPolicy{.core_uid = 990, .core_gid = 991};
constexpr LauncherIds kRoot{0, 0};
const SystemAccounts kAccounts{.groups = {0, 6, 42}, .members = {{1001, "sudo"}}};

WorkerSpec runs_as(uid_t uid, gid_t gid, std::vector<gid_t> groups = {}) {
  WorkerSpec spec;
  spec.uid = uid;
  spec.gid = gid;
  spec.groups = std::move(groups);
  return spec;
}

std::string verdict(const LauncherPolicy& policy, const LauncherIds& self, const WorkerSpec& spec) {
  const auto checked = check(policy, self, kAccounts, spec);
  return checked ? "allowed" : checked.error().message();
}

TEST(Policy, OrdinaryIdsAreAllowed) {
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1000, 1000)), "allowed");
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(65534, 65534, {20, 44})), "allowed");
}

TEST(Policy, RootNeedsTheConfiguration) {
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(0, 1000)),
            "uid 0 needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1000, 0)),
            "gid 0 needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1000, 1000, {20, 0})),
            "gid 0 needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  auto open = kStrictPolicy;
  open.root_functions = RootFunctions::yes;
  EXPECT_EQ(verdict(open, kRoot, runs_as(0, 0, {0, 42})), "allowed");
}

TEST(Policy, SystemAccountsAndMembersOfSystemGroupsNeedTheConfiguration) {
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1, 1000)),
            "uid 1 is a system account's (below 1000), which functions run as only if root names it: \"fescue\": "
            "{\"runAs\": [1]} in config.json");
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1001, 1000)),
            "uid 1001 is a member of the system group sudo, which functions run as only if root names it: \"fescue\": "
            "{\"runAs\": [1001]} in config.json");
  EXPECT_NE(verdict(kStrictPolicy, kRoot, runs_as(999, 1000)), "allowed");
  auto named = kStrictPolicy;
  named.run_as = {1, 1001, 0, 990};
  EXPECT_EQ(verdict(named, kRoot, runs_as(1, 1000)), "allowed");
  EXPECT_EQ(verdict(named, kRoot, runs_as(1001, 1000)), "allowed");
  EXPECT_NE(verdict(named, kRoot, runs_as(0, 1000)), "allowed");
  EXPECT_NE(verdict(named, kRoot, runs_as(990, 1000)), "allowed");
}

TEST(Policy, SystemGroupsAreAsGoodAsRoot) {
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1000, 42)),
            "gid 42 is a system group; it needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  EXPECT_NE(verdict(kStrictPolicy, kRoot, runs_as(1000, 1000, {6})), "allowed");
}

TEST(Policy, TheCoreIsOutOfReach) {
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(990, 1000)),
            "uid 990 is the core's own: a function must not run as it");
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1000, 991)), "gid 991 is the core's own");
  EXPECT_EQ(verdict(kStrictPolicy, kRoot, runs_as(1000, 1000, {991})), "gid 991 is the core's own");
  auto open = kStrictPolicy;
  open.root_functions = RootFunctions::yes;
  EXPECT_NE(verdict(open, kRoot, runs_as(990, 0)), "allowed");
  open.service_uids = {992};
  EXPECT_EQ(verdict(open, kRoot, runs_as(992, 1000)), "uid 992 is the service's own: a function must not run as it");
}

TEST(Policy, ACoreThatStaysRootCanRunRootFunctionsIfAllowed) {
  EXPECT_NE(verdict(LauncherPolicy{}, kRoot, runs_as(0, 0)), "allowed");
  EXPECT_EQ(verdict(LauncherPolicy{.root_functions = RootFunctions::yes}, kRoot, runs_as(0, 0)), "allowed");
}

TEST(Policy, WithoutRootThereIsOneUser) {
  constexpr LauncherIds kSelf{1000, 1001};
  const LauncherPolicy kOwn{.core_uid = 1000, .core_gid = 1001};
  EXPECT_EQ(verdict(kOwn, kSelf, runs_as(1000, 1001)), "allowed");
  EXPECT_EQ(verdict(kOwn, kSelf, runs_as(1002, 1001)),
            "cannot run as uid 1002 gid 1001: without root, functions run as the core's own user, uid 1000 gid 1001, "
            "with its groups");
  EXPECT_NE(verdict(kOwn, kSelf, runs_as(1000, 1002)), "allowed");
  EXPECT_NE(verdict(kOwn, kSelf, runs_as(1000, 1001, {20})), "allowed");
  EXPECT_NE(verdict(kOwn, kSelf, runs_as(0, 0)), "allowed");
}

TEST(Policy, TheKernelsNoChangeIdIsNoId) {
  const auto minus_one = static_cast<uid_t>(-1);
  auto open = kStrictPolicy;
  open.root_functions = RootFunctions::yes;
  EXPECT_EQ(verdict(open, kRoot, runs_as(minus_one, 1000)), "4294967295 is not an id");
  EXPECT_EQ(verdict(open, kRoot, runs_as(1000, minus_one)), "4294967295 is not an id");
  EXPECT_EQ(verdict(open, kRoot, runs_as(1000, 1000, {minus_one})), "4294967295 is not an id");
}

TEST(Policy, CommandLineComesBack) {
  for (const auto root : {RootFunctions::yes, RootFunctions::no}) {
    const auto arguments = policy_arguments({.core_uid = 990,
                                             .core_gid = 4294967294,
                                             .service_uids = {992, 993},
                                             .run_as = {1, 999},
                                             .root_functions = root});
    std::vector<const char*> list;
    for (const auto& argument : arguments) list.push_back(argument.c_str());
    const auto policy = parse_policy(list);
    ASSERT_TRUE(policy) << policy.error().message();
    EXPECT_EQ(policy->core_uid, 990u);
    EXPECT_EQ(policy->core_gid, 4294967294u);
    EXPECT_EQ(policy->service_uids, (std::set<uid_t>{992, 993}));
    EXPECT_EQ(policy->run_as, (std::set<uid_t>{1, 999}));
    EXPECT_EQ(policy->root_functions, root);
  }
}

TEST(Policy, CommandLineIsStrict) {
  const auto error_of = [](std::vector<const char*> arguments) {
    const auto policy = parse_policy(arguments);
    return policy ? std::string("accepted") : policy.error().message();
  };
  EXPECT_EQ(error_of({}), "--core-uid and --core-gid are needed");
  EXPECT_EQ(error_of({"--core-uid=1"}), "--core-uid and --core-gid are needed");
  EXPECT_EQ(error_of({"--core-uid=x", "--core-gid=1"}), "--core-uid= needs a numeric id, not \"x\"");
  EXPECT_EQ(error_of({"--core-uid=-1", "--core-gid=1"}), "--core-uid= needs a numeric id, not \"-1\"");
  EXPECT_EQ(error_of({"--core-uid=1", "--core-gid=4294967295"}), "--core-gid= needs a numeric id, not \"4294967295\"");
  EXPECT_EQ(error_of({"--core-uid=1", "--core-gid=1", "--allow-root-functions=no"}),
            "unknown argument --allow-root-functions=no");
}

TEST(Policy, CgroupOptionsComeBack) {
  LauncherPolicy policy;
  policy.cgroups = {.parent = "/site/fescue", .without = {"kill", "v2"}};
  const auto arguments = policy_arguments(policy);
  const std::vector<const char*> list = [&] {
    std::vector<const char*> pointers;
    for (const auto& argument : arguments) pointers.push_back(argument.c_str());
    return pointers;
  }();
  const auto parsed = parse_policy(list);
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->cgroups, policy.cgroups);
  for (const char* parent : {"--cgroup-parent=", "--cgroup-parent=x", "--cgroup-parent=/", "--cgroup-parent=/a/../b"}) {
    const std::vector<const char*> bad{"--core-uid=1", "--core-gid=1", parent};
    EXPECT_FALSE(parse_policy(bad)) << parent;
  }
}

TEST(Policy, TrustedFileIsOneThatOnlyRootCanWrite) {
  const FileDirectory directory;
  EXPECT_TRUE(only_root_can_write(directory.file("good", "", 0644)));
  EXPECT_EQ(only_root_can_write(directory.file("open", "", 0666)).error().code(), Code::permission_denied);
  EXPECT_EQ(only_root_can_write(directory.path() + "/absent").error().code(), Code::not_found);

  ::chmod(directory.path().c_str(), 0777);
  EXPECT_EQ(only_root_can_write(directory.path() + "/good").error().code(), Code::permission_denied);
}

TEST(Policy, TrustedFileIsReachedByNoLinkOfOthers) {
  const FileDirectory directory;
  const auto file = directory.file("good", "", 0644);
  const std::string open = directory.path() + "/open";
  ASSERT_EQ(::mkdir(open.c_str(), 0755), 0);
  ASSERT_EQ(::symlink(file.c_str(), (open + "/link").c_str()), 0);
  EXPECT_TRUE(only_root_can_write(open + "/link"));
  ::chmod(open.c_str(), 0777);
  const auto refusal = only_root_can_write(open + "/link");
  ASSERT_FALSE(refusal);
  EXPECT_NE(refusal.error().message().find(open + " can be written by others"), std::string::npos);
}

TEST(Policy, TrustedFileBelongsToRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file away needs root";
  const FileDirectory directory;
  const auto file = directory.file("given", "", 0600);
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  EXPECT_EQ(only_root_can_write(file).error().code(), Code::permission_denied);
}

TEST(Policy, ProtectedDirectoriesTravelAsRealPaths) {
  const LauncherPolicy policy{.core_uid = 1, .core_gid = 2, .protected_directories = {"/proc/self/root/usr", "/etc/"}};
  std::vector<const char*> arguments;
  const auto texts = policy_arguments(policy);
  for (const auto& text : texts) arguments.push_back(text.c_str());
  const auto parsed = parse_policy(arguments);
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->protected_directories, (std::vector<std::string>{"/usr", "/etc"}));

  arguments.back() = "--protect=/";
  EXPECT_EQ(parse_policy(arguments).error().message(), "the root directory cannot be protected");
  arguments.back() = "--protect=/no/such/directory";
  EXPECT_EQ(parse_policy(arguments).error().code(), Code::not_found);
}

TEST(Policy, GroupsMustOwnSomethingAttached) {
  WorkerSpec spec;
  spec.groups = {20, 44};
  EXPECT_TRUE(check_groups({}, spec, {20, 44, 5}));
  EXPECT_EQ(check_groups({}, spec, {20}).error().message(), "group 44 owns none of the function's resources");
  EXPECT_TRUE(check_groups({.root_functions = RootFunctions::yes}, spec, {}));
}

}  // namespace
}  // namespace fescue
