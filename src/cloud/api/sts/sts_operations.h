// The operations of STS (reference: control-api 5.2).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::sts {

OperationBody get_caller_identity;  // sts.cc

}  // namespace fescue::cloud::sts
