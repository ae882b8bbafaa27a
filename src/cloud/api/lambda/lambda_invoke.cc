// From a name to the core that runs the version, and Lambda's errors when there is none.
#include "cloud/api/lambda/lambda_invoke.h"

#include <fmt/format.h>

#include "cloud/api/lambda/lambda_names.h"
#include "cloud/deployments/remote_invocations.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/function_store.h"
#include "model/limits.h"

namespace fescue::cloud {

namespace {

constexpr std::string_view kForwarded[] = {"X-Amz-Invocation-Type", "X-Amz-Log-Type", "X-Amz-Client-Context"};

ApiError not_deployed(const CloudConfig& config, const FunctionReference& reference, std::string_view why) {
  ApiError error = function_not_found(config, reference.name, reference.qualifier);
  error.message += fmt::format(". {}", why);
  return error;
}

/// The version that is meant: "" (any that is deployed) or a number.
ApiValue<std::string> version_of(ControlPlane& plane, const FunctionReference& reference) {
  if (reference.qualifier.empty()) return std::string();
  if (reference.qualifier == "$LATEST") {
    return not_deployed(plane.config, reference,
                        "Cores run published versions only; $LATEST is never deployed. Invoke a version or an alias.");
  }
  if (parse_version_number(reference.qualifier)) return reference.qualifier;
  FESCUE_TRY(alias, FunctionStore(plane.database).find_alias(reference.name, reference.qualifier));
  if (!alias) return function_not_found(plane.config, reference.name, reference.qualifier);
  return version_text(alias->version);
}

/// Of the cores that run the version, the first by name: the same one each time.
ApiValue<DeployedFunction> choose(ControlPlane& plane, const FunctionReference& reference) {
  FESCUE_TRY(version, version_of(plane, reference));
  const auto function = FunctionArn::make(plane.config.region, plane.config.account, reference.name);
  FESCUE_TRY(deployed, DeploymentStore(plane.database).deployed(function));
  std::optional<DeployedFunction> chosen;
  for (const DeployedFunction& each : deployed) {
    if (!version.empty() && each.function.qualifier() != version) continue;
    if (chosen && chosen->function != each.function) {
      return ApiError(400, "InvalidParameterValueException",
                      fmt::format("Several versions of {} are deployed; give a qualifier.", reference.name));
    }
    if (!chosen) chosen = each;
  }
  if (chosen) return *chosen;
  const std::string which =
      version.empty() ? "No version of it is deployed on a core" : fmt::format("No core has version {}", version);
  return not_deployed(plane.config, reference, which + ". Deploy a group with it.");
}

ApiValue<void> check_size(const HttpRequest& request) {
  const bool event = request.headers.get("X-Amz-Invocation-Type") == "Event";
  const std::size_t most = event ? kMaxEventPayload : kMaxInvocationPayload;
  if (request.body.size() <= most) return {};
  return ApiError(413, "RequestTooLargeException",
                  fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation", most));
}

HttpRequest order_for(const FunctionArn& function, HttpRequest request) {
  HttpRequest order{
      "POST", fmt::format("/2015-03-31/functions/{}/invocations", percent_encode(function.str())), {}, ""};
  for (const std::string_view name : kForwarded) {
    if (const auto value = request.headers.find(name)) order.headers.add(std::string(name), std::string(*value));
  }
  order.body = std::move(request.body);
  return order;
}

/// What the caller learns when no core could be asked.
ApiError refusal(const Error& error) {
  if (error.code() == Code::unavailable) {
    return ApiError(502, "ResourceNotReadyException",
                    fmt::format("The function cannot be invoked now: {}.", error.message()));
  }
  return error;
}

HttpHeaders event_headers() {
  HttpHeaders headers;
  headers.add("X-Amz-Invocation-Type", "Event");
  return headers;
}

}  // namespace

Task<ApiResult> invoke_function(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, function_reference(plane.config, request));
  FESCUE_CO_CHECK(check_size(request.http));
  FESCUE_CO_TRY(chosen, choose(plane, reference));
  HttpRequest order = order_for(chosen.function, std::move(request.http));
  Result<HttpResponse> response = co_await plane.invocations.invoke(chosen.core, std::move(order));
  if (!response) co_return refusal(response.error());
  co_return std::move(*response);
}

Task<ApiResult> invoke_function_async(ControlPlane& plane, ApiRequest request) {
  request.http.headers = event_headers();
  co_return co_await invoke_function(plane, std::move(request));
}

}  // namespace fescue::cloud
