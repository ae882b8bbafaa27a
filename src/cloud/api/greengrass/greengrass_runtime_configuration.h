// The runtime configuration of a core thing: Greengrass's switch for telemetry
// (docs/compatibility/api-greengrass.md#runtime-configuration).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody get_thing_runtime_configuration, update_thing_runtime_configuration;

}  // namespace fescue::cloud
