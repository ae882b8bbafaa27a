// A Lambda function's configuration as the API spells it: reading it from a request's members, with its rules
// (docs/compatibility/api-lambda.md#fields), and writing the answer (docs/compatibility/api-lambda.md#configuration).
#pragma once

#include <string_view>

#include "cloud/api/framework/members.h"
#include "cloud/control_plane.h"
#include "cloud/model/lambda_function.h"

namespace fescue::cloud {

/// Puts the members that the request gives into `configuration`; the others stay as they are. Layers, images and file
/// systems are refused, because a function would not run without them; VPC, tracing, logging and the like are kept and
/// given back, without effect.
ApiValue<void> read_configuration(const Members& body, LambdaConfiguration& configuration);

/// The Architectures member (of create and of update-code).
ApiValue<void> read_architecture(const Members& body, LambdaConfiguration& configuration);

/// The answer that all operations on functions and versions share. `qualifier` ends the ARN; empty for none.
json::object configuration_json(const CloudConfig& config, const LambdaVersion& version, std::string_view qualifier);

}  // namespace fescue::cloud
