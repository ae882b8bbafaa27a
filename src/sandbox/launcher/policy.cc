// The policy on the command line, both ways, and the checks of a request against it.
#include "sandbox/launcher/policy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>

#include "base/text/parse_number.h"
#include "base/text/paths.h"

namespace fescue {

namespace {

constexpr std::string_view kCoreUid = "--core-uid=";
constexpr std::string_view kCoreGid = "--core-gid=";
constexpr std::string_view kServiceUid = "--service-uid=";
constexpr std::string_view kRunAs = "--run-as=";
constexpr std::string_view kRootFunctions = "--allow-root-functions";
constexpr std::string_view kCgroupParent = "--cgroup-parent=";
constexpr std::string_view kWithoutCgroup = "--without-cgroup=";
constexpr std::string_view kWithout = "--without=";
constexpr std::string_view kProtected = "--protect=";

/// (uid_t)-1 means "leave it as it is" to the kernel, so it is nobody's id.
constexpr std::uint32_t kNoId = std::numeric_limits<std::uint32_t>::max();

Result<std::uint32_t> parse_id(std::string_view option, std::string_view text) {
  const auto id = parse_number<std::uint32_t>(text);
  if (!id || *id == kNoId) {
    return Error(Code::invalid_argument,
                 std::string(option) + " needs a numeric id, not \"" + std::string(text) + "\"");
  }
  return *id;
}

Result<std::string> parse_protected(std::string_view path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(std::string(path).c_str(), nullptr), &std::free);
  if (!real) return errno_error(std::string(kProtected) + std::string(path));
  if (std::string_view(real.get()) == "/")
    return Error(Code::invalid_argument, "the root directory cannot be protected");
  return std::string(real.get());
}

Result<std::string> parse_parent(std::string_view text) {
  const std::string framed = std::string(text) + "/";
  if (text.size() < 2 || text[0] != '/' || framed.find("/../") != std::string::npos) {
    return Error(Code::invalid_argument,
                 std::string(kCgroupParent) + " needs the absolute path of a cgroup without ..");
  }
  return std::string(text);
}

Error denied(std::string text) { return Error(Code::permission_denied, std::move(text)); }

Result<void> check_without_root(const LauncherIds& self, const WorkerSpec& spec) {
  if (spec.container) {
    return denied("containers need root; without it functions run with IsolationMode NoContainer only");
  }
  if (spec.uid != self.uid || spec.gid != self.gid || !spec.groups.empty()) {
    return denied("cannot run as uid " + std::to_string(spec.uid) + " gid " + std::to_string(spec.gid) +
                  ": without root, functions run as the core's own user, uid " + std::to_string(self.uid) + " gid " +
                  std::to_string(self.gid) + ", with its groups");
  }
  return ok();
}

Result<void> check_gid(const LauncherPolicy& policy, const SystemAccounts& accounts, gid_t gid) {
  if (gid == 0) return denied("gid 0 needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  if (gid == policy.core_gid) return denied("gid " + std::to_string(gid) + " is the core's own");
  if (accounts.groups.contains(gid)) {
    return denied("gid " + std::to_string(gid) +
                  " is a system group; it needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  }
  return ok();
}

/// Whether others than root (or, without root, this process's user and its group) could change or exchange it. A sticky
/// directory protects its entries; a link has no mode.
bool is_open(const struct stat& status) {
  const bool trusted_owner = status.st_uid == 0 || status.st_uid == ::geteuid();
  const bool sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  const bool trusted_group = status.st_gid == 0 || (::geteuid() != 0 && status.st_gid == ::getegid());
  const bool writable = (status.st_mode & S_IWOTH) != 0 || ((status.st_mode & S_IWGRP) != 0 && !trusted_group);
  return !trusted_owner || (writable && !sticky && !S_ISLNK(status.st_mode));
}

/// Whoever can write a directory on the way can put another file in its place.
Result<void> check_way_to(std::string path) {
  while (true) {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0) return errno_error(path);
    if (is_open(status)) {
      const std::string owner = ::geteuid() == 0 ? "root" : "uid " + std::to_string(::geteuid());
      return denied(path + " can be written by others than " + owner + "; make it " + owner +
                    "'s own (chown, chmod go-w)");
    }
    if (path == "/") return ok();
    path = std::string(parent_of(path));
  }
}

}  // namespace

std::vector<std::string> policy_arguments(const LauncherPolicy& policy) {
  std::vector<std::string> arguments{std::string(kCoreUid) + std::to_string(policy.core_uid),
                                     std::string(kCoreGid) + std::to_string(policy.core_gid)};
  for (const uid_t uid : policy.service_uids) arguments.push_back(std::string(kServiceUid) + std::to_string(uid));
  for (const uid_t uid : policy.run_as) arguments.push_back(std::string(kRunAs) + std::to_string(uid));
  if (policy.root_functions) arguments.emplace_back(kRootFunctions);
  for (const auto& path : policy.protected_directories) arguments.push_back(std::string(kProtected) + path);
  if (!policy.cgroups.parent.empty()) arguments.push_back(std::string(kCgroupParent) + policy.cgroups.parent);
  for (const auto& absent : policy.cgroups.without) arguments.push_back(std::string(kWithoutCgroup) + absent);
  for (const auto& absent : policy.without) arguments.push_back(std::string(kWithout) + absent);
  return arguments;
}

Result<LauncherPolicy> parse_policy(std::span<const char* const> arguments) {
  LauncherPolicy policy;
  bool has_uid = false;
  bool has_gid = false;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(kCoreUid)) {
      FESCUE_TRY(uid, parse_id(kCoreUid, argument.substr(kCoreUid.size())));
      policy.core_uid = uid;
      has_uid = true;
    } else if (argument.starts_with(kCoreGid)) {
      FESCUE_TRY(gid, parse_id(kCoreGid, argument.substr(kCoreGid.size())));
      policy.core_gid = gid;
      has_gid = true;
    } else if (argument.starts_with(kServiceUid)) {
      FESCUE_TRY(uid, parse_id(kServiceUid, argument.substr(kServiceUid.size())));
      policy.service_uids.insert(uid);
    } else if (argument.starts_with(kRunAs)) {
      FESCUE_TRY(uid, parse_id(kRunAs, argument.substr(kRunAs.size())));
      policy.run_as.insert(uid);
    } else if (argument == kRootFunctions) {
      policy.root_functions = RootFunctions::yes;
    } else if (argument.starts_with(kWithout)) {
      policy.without.emplace(argument.substr(kWithout.size()));
    } else if (argument.starts_with(kProtected)) {
      FESCUE_TRY(directory, parse_protected(argument.substr(kProtected.size())));
      policy.protected_directories.push_back(std::move(directory));
    } else if (argument.starts_with(kCgroupParent)) {
      FESCUE_TRY(parent, parse_parent(argument.substr(kCgroupParent.size())));
      policy.cgroups.parent = std::move(parent);
    } else if (argument.starts_with(kWithoutCgroup)) {
      policy.cgroups.without.emplace(argument.substr(kWithoutCgroup.size()));
    } else {
      return Error(Code::invalid_argument, "unknown argument " + std::string(argument));
    }
  }
  if (!has_uid || !has_gid) return Error(Code::invalid_argument, "--core-uid and --core-gid are needed");
  return policy;
}

Result<void> check(const LauncherPolicy& policy, const LauncherIds& self, const SystemAccounts& accounts,
                   const WorkerSpec& spec) {
  const bool no_id =
      spec.uid == kNoId || spec.gid == kNoId || std::ranges::find(spec.groups, kNoId) != spec.groups.end();
  if (no_id) return Error(Code::invalid_argument, "4294967295 is not an id");
  if (self.uid != 0) return check_without_root(self, spec);

  if (spec.uid == policy.core_uid && policy.core_uid != 0) {
    return denied("uid " + std::to_string(spec.uid) + " is the core's own: a function must not run as it");
  }
  if (policy.service_uids.contains(spec.uid)) {
    return denied("uid " + std::to_string(spec.uid) + " is the service's own: a function must not run as it");
  }
  if (policy.root_functions) return ok();
  if (spec.uid == 0) return denied("uid 0 needs runtime.allowFunctionsToRunAsRoot \"yes\" in config.json");
  FESCUE_CHECK(check_uid(accounts, policy.run_as, spec.uid));
  FESCUE_CHECK(check_gid(policy, accounts, spec.gid));
  for (const gid_t gid : spec.groups) FESCUE_CHECK(check_gid(policy, accounts, gid));
  return ok();
}

Result<void> check_groups(const LauncherPolicy& policy, const WorkerSpec& spec, const std::set<gid_t>& owners) {
  if (policy.root_functions) return ok();
  for (const gid_t gid : spec.groups) {
    if (owners.contains(gid)) continue;
    return denied("group " + std::to_string(gid) + " owns none of the function's resources");
  }
  return ok();
}

Result<void> only_root_can_write(const std::string& file) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(file.c_str(), nullptr), &std::free);
  if (!real) return errno_error(file);
  if (file.starts_with('/')) FESCUE_CHECK(check_way_to(file));  // a link on the way is as good as the file
  return check_way_to(real.get());
}

}  // namespace fescue
