// The operations of STS (reference: control-api 5.2).
#pragma once

#include "control/api/operation.h"

namespace fescue::control::sts {

OperationBody get_caller_identity;  // sts.cc

}  // namespace fescue::control::sts
