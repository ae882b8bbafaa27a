// Which device nodes a container's cgroup lets its worker open.
#pragma once

#include <vector>

#include "base/result.h"
#include "sandbox/cgroup/cgroup_devices.h"
#include "sandbox/container_spec.h"

namespace fescue {

/// The common ones and those attached to the container, whose mounts must be in the spec. Of an attached directory: all
/// devices of the drivers whose nodes are in it, up to three levels down. Errors: those of stat(2).
Result<std::vector<DeviceRule>> devices_of(const ContainerSpec& container);

}  // namespace fescue
