// The operations of STS (docs/compatibility/api.md#sts).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::sts {

OperationBody get_caller_identity;  // sts.cc

}  // namespace fescue::cloud::sts
