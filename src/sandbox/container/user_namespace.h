// The user namespace of a worker: an identity map of exactly its uid, gid and groups, so that files keep their owners
// and devices their groups, while no other id of the host can be taken, and no privilege in it means anything outside.
// Two functions with one uid are in two namespaces, which is what keeps them from tracing each other.
#pragma once

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/spec.h"

namespace fescue {

/// One without ids yet: made before it is known who will live in it.
struct UserNamespace {
  Fd handle, uid_map, gid_map;  // all or none

  explicit operator bool() const { return static_cast<bool>(handle); }
};

/// None where the host has switched them off (user.max_user_namespaces, or a kernel without): workers then do without
/// this layer. Needs /proc of this process's pid namespace.
Result<UserNamespace> make_user_namespace();

Result<void> map_ids(const UserNamespace& user_namespace, const WorkerSpec& spec);

/// All privileges in it, none outside.
Result<void> enter_user_namespace(const UserNamespace& user_namespace);

}  // namespace fescue
