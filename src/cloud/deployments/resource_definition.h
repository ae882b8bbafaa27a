// One resource of a definition: a part of the host, a machine learning model, or a secret.
#pragma once

#include "cloud/deployments/definitions.h"
#include "model/json_reader.h"

namespace fescue::cloud {

/// Errors: invalid_argument, with the path of the member.
Result<ResourceEntry> read_resource_entry(const JsonReader& entry);

}  // namespace fescue::cloud
