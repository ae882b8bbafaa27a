// Who a worker is: ids and groups.
#pragma once

#include "base/result.h"
#include "sandbox/spec.h"

namespace fescue {

/// Becomes the spec's groups, gid and uid for good, real, effective and saved, and makes sure that it did. Ids need no
/// entry in passwd or group. Outside containers and without root it only makes sure that they are its own already.
Result<void> become_user(const WorkerSpec& spec);

/// No set-uid program, no file capability gives anything any more.
Result<void> renounce_privileges();

}  // namespace fescue
