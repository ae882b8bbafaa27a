// Pure: what people and Lambda's clients call a function, to the one version of it that the running group has.
//
//   Echo   Echo:3   123456789012:function:Echo   arn:aws:lambda:us-west-2:123456789012:function:Echo[:3]
//
// A core knows the versions that are deployed and nothing else: aliases were resolved when the deployment was made, and
// $LATEST is never deployed (docs/compatibility/api-lambda.md#invoke). A name without a version means the one deployed
// version.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/arn.h"

namespace fescue {

/// `qualifier` comes beside the name (Lambda's ?Qualifier) or is empty. Errors: not_found, with what is deployed;
/// invalid_argument for a malformed name, two qualifiers that differ, or a name with several deployed versions.
Result<FunctionArn> resolve_function(std::string_view name, std::string_view qualifier,
                                     const std::vector<FunctionArn>& deployed);

}  // namespace fescue
