// Collecting what a deployment is built from.
#pragma once

#include "cloud/cloud_config.h"
#include "cloud/deployments/deployment_builder.h"
#include "cloud/model/deployment_record.h"
#include "cloud/store/artifact_store.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

/// From the database: the group version, its definitions, the functions as their aliases stand now, core and devices.
/// What is missing or unreadable becomes a problem of the definitions; an Error means that the database failed.
Result<BuildInput> collect_build_input(Database& database, const CloudConfig& config, const DeploymentRecord& record);

/// From the packages: the files of executables. Blocks. Error: a package is gone or damaged.
Result<BuildInput> look_into_packages(const ArtifactStore& artifacts, BuildInput input);

}  // namespace fescue::cloud
