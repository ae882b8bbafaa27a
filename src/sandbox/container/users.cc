// Setting groups and ids, and reading them back before anything relies on them.
#include "sandbox/container/users.h"

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>

namespace fescue {

namespace {

Result<void> verify_groups(std::vector<gid_t> wanted) {
  std::vector<gid_t> actual(kMaxGroups + 1);
  const int count = ::getgroups(static_cast<int>(actual.size()), actual.data());
  if (count < 0) return errno_error("read the groups");
  actual.resize(static_cast<std::size_t>(count));
  std::ranges::sort(wanted);
  std::ranges::sort(actual);
  if (actual != wanted) return Error(Code::internal, "verify the groups: they are not those asked for");
  return ok();
}

Result<void> verify_ids(const WorkerSpec& spec) {
  uid_t uids[3];
  gid_t gids[3];
  if (::getresuid(&uids[0], &uids[1], &uids[2]) != 0) return errno_error("read the uid");
  if (::getresgid(&gids[0], &gids[1], &gids[2]) != 0) return errno_error("read the gid");
  const bool right = std::ranges::all_of(uids, [&](uid_t uid) { return uid == spec.uid; }) &&
                     std::ranges::all_of(gids, [&](gid_t gid) { return gid == spec.gid; });
  if (!right) return Error(Code::internal, "verify the ids: they are not those asked for");
  if (spec.uid != 0 && ::setresuid(0, 0, 0) == 0) return Error(Code::internal, "verify the uid: root can be regained");
  return ok();
}

}  // namespace

Result<void> become_user(const WorkerSpec& spec) {
  if (!spec.container && ::geteuid() != 0) return verify_ids(spec);
  if (::setgroups(spec.groups.size(), spec.groups.data()) != 0) return errno_error("set the groups");
  // Now: from the change of the uid on, others of that user may kill this process, which shares its monitor's heap.
  FESCUE_CHECK(verify_groups(spec.groups));
  if (::setresgid(spec.gid, spec.gid, spec.gid) != 0) return errno_error("set the gid");
  if (::setresuid(spec.uid, spec.uid, spec.uid) != 0) return errno_error("set the uid");
  return verify_ids(spec);
}

Result<void> renounce_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("renounce new privileges");
  return ok();
}

}  // namespace fescue
