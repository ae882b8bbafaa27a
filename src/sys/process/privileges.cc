// Looking up accounts, and becoming one for good: groups, ids, capabilities, and a check that there is no way back.
#include "sys/process/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <vector>

#include "base/capabilities.h"

namespace fescue {
namespace {

// More than any user database gives for one entry but a group with thousands of members, for which it grows.
constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kMaxBuffer = 1 << 20;

/// getpwnam_r and getgrnam_r, which want a buffer of a size that nobody knows.
template <class Entry, class Find>
Result<Entry> find_entry(const std::string& name, const char* kind, std::vector<char>& buffer, Find find) {
  for (buffer.resize(kFirstBuffer);; buffer.resize(buffer.size() * 2)) {
    Entry entry{};
    Entry* found = nullptr;
    const int error = find(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (error == ERANGE && buffer.size() < kMaxBuffer) continue;
    if (found) return entry;
    if (error != 0 && error != ENOENT && error != ESRCH) return errno_error(std::string(kind) + " " + name, error);
    return Error(Code::not_found, std::string("no ") + kind + " " + name + "; run `fescue doctor --fix`");
  }
}

/// Not only that the calls said yes: that there is no way back.
Result<void> check_became(const UserIds& ids) {
  uid_t real, effective, saved;
  gid_t real_group, effective_group, saved_group;
  if (::getresuid(&real, &effective, &saved) != 0) return errno_error("getresuid");
  if (::getresgid(&real_group, &effective_group, &saved_group) != 0) return errno_error("getresgid");
  const bool user_is_right = real == ids.uid && effective == ids.uid && saved == ids.uid;
  const bool group_is_right = real_group == ids.gid && effective_group == ids.gid && saved_group == ids.gid;
  const bool may_return = ids.uid != 0 && ::setuid(0) == 0;
  if (!user_is_right || !group_is_right || may_return) return Error(Code::internal, "privileges were not dropped");
  return ok();
}

}  // namespace

Result<UserIds> find_user(const std::string& name) {
  std::vector<char> buffer;
  FESCUE_TRY(entry, find_entry<passwd>(name, "user", buffer, ::getpwnam_r));
  return UserIds{entry.pw_uid, entry.pw_gid};
}

Result<gid_t> find_group(const std::string& name) {
  std::vector<char> buffer;
  FESCUE_TRY(entry, find_entry<group>(name, "group", buffer, ::getgrnam_r));
  return entry.gr_gid;
}

std::string user_name(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry ? entry->pw_name : std::to_string(uid);
}

std::string group_name(gid_t gid) {
  const group* entry = ::getgrgid(gid);
  return entry ? entry->gr_name : std::to_string(gid);
}

Result<void> drop_privileges(const UserIds& ids) {
  int parent_death_signal = 0;  // a change of ids takes it away
  ::prctl(PR_GET_PDEATHSIG, &parent_death_signal, 0, 0, 0);
  // Groups first: without root they cannot be changed any more. glibc applies each to all threads.
  if (::setgroups(0, nullptr) != 0) return errno_error("setgroups");
  if (::setresgid(ids.gid, ids.gid, ids.gid) != 0) return errno_error("setresgid");
  if (::setresuid(ids.uid, ids.uid, ids.uid) != 0) return errno_error("setresuid");
  FESCUE_CHECK(drop_capabilities());
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("no-new-privs");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno_error("not dumpable");
  ::prctl(PR_SET_PDEATHSIG, parent_death_signal, 0, 0, 0);
  return check_became(ids);
}

}  // namespace fescue
