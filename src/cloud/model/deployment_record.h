// A deployment as the control plane knows it: its record, the frozen document, and what a core runs because of it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/deployment.h"

namespace fescue::cloud {

struct DeploymentRecord {
  DeploymentId id;
  GroupId group;
  std::string group_version;  // UUID; for resets that of the deployment that is undone, empty when there was none
  DeploymentType type = DeploymentType::new_deployment;
  DeploymentStatus status = DeploymentStatus::building;
  ThingName core;  // empty until frozen
  WallTime created, updated;
  std::string message;  // on failure
  std::vector<ErrorDetail> details;
  std::int64_t sequence = 0;
};

struct FrozenDocument {
  std::string json;
  std::string signature;  // DER, over `json`
  std::string certificate_pem;
  std::set<ArtifactHash> artifacts;
  std::set<FunctionArn> functions;  // qualified by a version number
};

/// A function version that a core runs.
struct DeployedFunction {
  ThingName core;
  FunctionArn function;  // qualified
  friend bool operator==(const DeployedFunction&, const DeployedFunction&) = default;
};

struct DeploymentOutcome {
  DeploymentStatus status = DeploymentStatus::success;  // or failure
  std::string message;
  std::vector<ErrorDetail> details;
};

}  // namespace fescue::cloud
