// The operations of STS (docs/compatibility/api.md#sts). A session has a key of its own that ends, and may do what the
// key can that began it, whatever role it names.
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::sts {

OperationBody get_caller_identity, get_access_key_info;  // sts.cc
OperationBody assume_role, get_session_token;            // sts_sessions.cc

}  // namespace fescue::cloud::sts
