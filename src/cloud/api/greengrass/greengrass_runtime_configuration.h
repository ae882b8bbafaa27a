// The runtime configuration of a core thing: Greengrass's switch for telemetry (reference: control-api 2.6).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody get_thing_runtime_configuration, update_thing_runtime_configuration;

}  // namespace fescue::cloud
