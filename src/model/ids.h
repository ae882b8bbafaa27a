// Ids that are opaque strings with one meaning each.
#pragma once

#include "base/strong.h"

namespace fescue {

using InvocationId = Strong<struct InvocationIdTag>;  // UUID
using WorkerId = Strong<struct WorkerIdTag>;          // UUID; one per start of a worker process
using GroupId = Strong<struct GroupIdTag>;            // UUID
using DeploymentId = Strong<struct DeploymentIdTag>;  // UUID
using ArtifactHash = Strong<struct ArtifactHashTag>;  // lower-case hex SHA-256 of a function package

}  // namespace fescue
