// From a group version to the document that a core gets: aliases become versions, defaults are applied, and everything
// that could not run is named (docs/compatibility/deployments.md#building-checks). Pure: what lives elsewhere
// (functions, things, certificates) comes in as facts, collected by build_input.h.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cloud/deployments/definitions.h"
#include "cloud/model/certificate.h"
#include "cloud/model/lambda_function.h"
#include "model/deployment.h"

namespace fescue::cloud {

/// What a function's ARN in the group leads to today.
struct FunctionFacts {
  LambdaVersion version;                       // $LATEST when an alias points there
  std::optional<std::set<std::string>> files;  // of the package; looked at for executables only
};

struct CoreFacts {
  bool thing_exists = false;
  std::optional<CertificateStatus> certificate;  // absent: not registered
  bool certificate_attached = false;             // to the thing
  GroupId held_by;                               // another group that is deployed on this core; empty: none
  std::string holder;                            // its name, if it has one
  ThingName deployed_on;                         // another core that this group is deployed on; empty: none
};

struct DeviceFacts {
  bool thing_exists = false;
  std::optional<CertificateStatus> certificate;  // absent: not registered
};

struct BuildInput {
  DeploymentId deployment;
  DeploymentType type = DeploymentType::new_deployment;
  GroupId group;
  std::string group_version;
  Region region;
  AccountId account;
  GroupDefinitions definitions;
  std::map<FunctionArn, FunctionFacts> functions;  // by ARN as the definition has it; absent: there is no such version
  CoreFacts core;                                  // of the first core
  std::map<ThingArn, DeviceFacts> devices;         // absent: nothing of it is known
};

/// A document without problems, or problems.
struct BuildOutcome {
  DeploymentDocument document;
  std::vector<ErrorDetail> problems;
};

BuildOutcome build_deployment(const BuildInput& input);

}  // namespace fescue::cloud
