// How Lambda requests name a function (docs/compatibility/api-lambda.md#names): NAME, ACCOUNT:function:NAME or the
// whole ARN, each with or without :QUALIFIER, and a qualifier may come as a query parameter instead. All become one
// FunctionReference.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/api/framework/operation.h"
#include "cloud/control_plane.h"
#include "cloud/model/lambda_function.h"

namespace fescue::cloud {

struct FunctionReference {
  std::string name;
  std::string qualifier;  // empty, "$LATEST", a version number or an alias
};

/// The first label and ?Qualifier. Errors: ValidationException; InvalidParameterValueException when label and query
/// disagree; ResourceNotFoundException for another region or account.
ApiValue<FunctionReference> function_reference(const CloudConfig& config, const ApiRequest& request);
ApiValue<FunctionReference> parse_function_reference(const CloudConfig& config, std::string_view text);

/// For operations on a function as a whole: the name alone, or with $LATEST.
ApiValue<std::string> unqualified_name(const CloudConfig& config, const ApiRequest& request);

/// The version that the reference leads to. Error: ResourceNotFoundException with the ARN that was looked up.
ApiValue<LambdaVersion> find_function(ControlPlane& plane, const FunctionReference& reference);
/// $LATEST.
ApiValue<LambdaVersion> find_latest(ControlPlane& plane, std::string_view name);

/// The answer to a member that Lambda would not take.
ApiError invalid_value(std::string message);

/// "$LATEST" or digits, or nothing if the text is neither.
std::optional<std::int64_t> parse_version_number(std::string_view text);
std::string version_text(std::int64_t number);

std::string function_arn(const CloudConfig& config, std::string_view name, std::string_view qualifier);
ApiError function_not_found(const CloudConfig& config, std::string_view name, std::string_view qualifier);

}  // namespace fescue::cloud
