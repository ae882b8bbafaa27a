// Empty lists, defaults, and the errors that say that there is nothing. A function that does not exist is told first.
#include "cloud/api/lambda/lambda_settings.h"

#include <fmt/format.h>

#include "cloud/api/lambda/lambda_names.h"
#include "cloud/store/function_store.h"
#include "model/limits.h"

namespace fescue::cloud {

namespace {

/// The ARN as the request names the function, which exists.
ApiValue<std::string> existing_function(ControlPlane& plane, const ApiRequest& request) {
  FESCUE_TRY(reference, function_reference(plane.config, request));
  FESCUE_CHECK(find_function(plane, reference));
  return function_arn(plane.config, reference.name, reference.qualifier);
}

ApiResult answer(ControlPlane& plane, const ApiRequest& request, json::object body) {
  FESCUE_CHECK(existing_function(plane, request));
  return json_response(200, body);
}

ApiResult nothing(ControlPlane& plane, const ApiRequest& request, std::string_view what,
                  std::string_view name = "ResourceNotFoundException") {
  FESCUE_TRY(arn, existing_function(plane, request));
  return ApiError(404, std::string(name), fmt::format("The function {} doesn't have {}.", arn, what));
}

ApiResult empty_list(std::string_view member) { return json_response(200, json::object{{member, json::array()}}); }

}  // namespace

Task<ApiResult> get_code_signing_config(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, function_reference(plane.config, request));
  co_return answer(plane, request, {{"CodeSigningConfigArn", ""}, {"FunctionName", reference.name}});
}

Task<ApiResult> get_function_policy(ControlPlane& plane, ApiRequest request) {
  co_return nothing(plane, request, "a policy");
}

Task<ApiResult> get_function_concurrency(ControlPlane& plane, ApiRequest request) {
  co_return answer(plane, request, {});
}

Task<ApiResult> get_runtime_management_config(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(arn, existing_function(plane, request));
  co_return json_response(200, json::object{{"UpdateRuntimeOn", "Auto"}, {"FunctionArn", arn}});
}

Task<ApiResult> get_function_url_config(ControlPlane& plane, ApiRequest request) {
  co_return nothing(plane, request, "a URL");
}

Task<ApiResult> list_function_url_configs(ControlPlane& plane, ApiRequest request) {
  co_return answer(plane, request, {{"FunctionUrlConfigs", json::array()}});
}

Task<ApiResult> get_event_invoke_config(ControlPlane& plane, ApiRequest request) {
  co_return nothing(plane, request, "an EventInvokeConfig");
}

Task<ApiResult> list_event_invoke_configs(ControlPlane& plane, ApiRequest request) {
  co_return answer(plane, request, {{"FunctionEventInvokeConfigs", json::array()}});
}

Task<ApiResult> get_provisioned_concurrency_config(ControlPlane& plane, ApiRequest request) {
  co_return nothing(plane, request, "a Provisioned Concurrency Config",
                    "ProvisionedConcurrencyConfigNotFoundException");
}

Task<ApiResult> list_provisioned_concurrency_configs(ControlPlane& plane, ApiRequest request) {
  co_return answer(plane, request, {{"ProvisionedConcurrencyConfigs", json::array()}});
}

Task<ApiResult> get_recursion_config(ControlPlane& plane, ApiRequest request) {
  co_return answer(plane, request, {{"RecursiveLoop", "Terminate"}});
}

Task<ApiResult> get_account_settings(ControlPlane& plane, ApiRequest) {
  constexpr std::int64_t kAccountCodeBytes = std::int64_t{75} << 30;
  constexpr std::int64_t kConcurrency = 1000;
  FESCUE_CO_TRY(usage, FunctionStore(plane.database).usage());
  co_return json_response(
      200, json::object{{"AccountLimit",
                         {{"TotalCodeSize", kAccountCodeBytes},
                          {"CodeSizeUnzipped", kMaxUnpackedPackageBytes},
                          {"CodeSizeZipped", kMaxPackageBytes},
                          {"ConcurrentExecutions", kConcurrency},
                          {"UnreservedConcurrentExecutions", kConcurrency}}},
                        {"AccountUsage", {{"TotalCodeSize", usage.code_bytes}, {"FunctionCount", usage.functions}}}});
}

Task<ApiResult> list_event_source_mappings(ControlPlane&, ApiRequest) { co_return empty_list("EventSourceMappings"); }

Task<ApiResult> list_layers(ControlPlane&, ApiRequest) { co_return empty_list("Layers"); }

Task<ApiResult> list_code_signing_configs(ControlPlane&, ApiRequest) { co_return empty_list("CodeSigningConfigs"); }

}  // namespace fescue::cloud
