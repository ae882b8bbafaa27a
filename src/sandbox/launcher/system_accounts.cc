// The known names, and who is in them by the files of users and groups.
#include "sandbox/launcher/system_accounts.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

namespace fescue {

namespace {

/// Groups whose members can become root, or read what only root should (docs/compatibility/resources.md#system-groups).
/// Not those that stand for devices (dialout, video, gpio ...), which functions are to have.
constexpr std::array<std::string_view, 27> kSystemGroups = {
    "root", "wheel", "sudo", "admin", "adm", "staff", "operator", "backup", "sys",
    // memory, disks, passwords, keys, logs
    "kmem", "mem", "disk", "shadow", "ssl-cert", "_ssh", "ssh", "systemd-journal", "crontab",
    // who may start containers and machines is root
    "docker", "podman", "lxd", "lxc", "incus", "incus-admin", "libvirt", "libvirt-qemu",
    // the control plane's
    "fescue-cloud"};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// fgetgrent and fgetpwent read one file; getgrnam could load modules that ask the network.
File open_database(const std::string& path) { return {std::fopen(path.c_str(), "re"), &std::fclose}; }

struct SystemGroups {
  std::map<gid_t, std::string> names{{0, "root"}};
  std::map<std::string, std::string> members;  // user -> group
};

SystemGroups read_groups(const std::string& path) {
  SystemGroups out;
  const File file = open_database(path);
  while (const group* entry = file ? ::fgetgrent(file.get()) : nullptr) {
    if (std::ranges::find(kSystemGroups, std::string_view(entry->gr_name)) == kSystemGroups.end()) continue;
    out.names.emplace(entry->gr_gid, entry->gr_name);
    for (char** member = entry->gr_mem; *member; ++member) out.members.emplace(*member, entry->gr_name);
  }
  return out;
}

Error not_permitted(uid_t uid, const std::string& why) {
  const std::string id = std::to_string(uid);
  return Error(Code::permission_denied, "uid " + id + " is " + why +
                                            ", which functions run as only if root names it: " +
                                            "\"fescue\": {\"runAs\": [" + id + "]} in config.json");
}

}  // namespace

SystemAccounts read_system_accounts(const std::string& group_file, const std::string& user_file) {
  SystemAccounts out;
  const SystemGroups groups = read_groups(group_file);
  for (const auto& [gid, name] : groups.names) out.groups.insert(gid);
  const File file = open_database(user_file);
  while (const passwd* entry = file ? ::fgetpwent(file.get()) : nullptr) {
    const auto own = groups.names.find(entry->pw_gid);
    const auto other = groups.members.find(entry->pw_name);
    if (own != groups.names.end()) out.members.emplace(entry->pw_uid, own->second);
    if (other != groups.members.end()) out.members.emplace(entry->pw_uid, other->second);
  }
  return out;
}

Result<void> check_uid(const SystemAccounts& accounts, const std::set<uid_t>& permitted, uid_t uid) {
  if (permitted.contains(uid)) return ok();
  const auto member = accounts.members.find(uid);
  if (member != accounts.members.end()) return not_permitted(uid, "a member of the system group " + member->second);
  if (uid < kFirstPersonalUid) return not_permitted(uid, "a system account's (below 1000)");
  return ok();
}

}  // namespace fescue
