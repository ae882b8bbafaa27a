// What policies are attached to: certificates, by ARN. The deprecated operations on principals do the same with the ARN
// in a header (docs/compatibility/api-iot.md#policies).
#include <algorithm>

#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/policy_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr std::size_t kMaxPoliciesOfTarget = 10;
constexpr std::string_view kPrincipalHeader = "x-amzn-iot-principal";
constexpr std::string_view kPolicyHeader = "x-amzn-iot-policy";

ApiValue<std::string> required_header(const ApiRequest& request, std::string_view name) {
  const std::string_view value = request.http.headers.get(name);
  if (value.empty()) return Error(Code::invalid_argument, "The header " + std::string(name) + " is required.");
  return std::string(value);
}

/// AWS's bound; it also bounds what a message costs.
ApiValue<void> check_room(ControlPlane& plane, const PolicyName& policy, const std::string& arn) {
  FESCUE_TRY(attached, PolicyStore(plane.database).policies_of(arn, "", kMaxPoliciesOfTarget + 1));
  if (attached.size() < kMaxPoliciesOfTarget || std::ranges::find(attached, policy) != attached.end()) return {};
  return ApiError(410, "LimitExceededException",
                  fmt::format("{} has {} policies already, the most there may be.", arn, kMaxPoliciesOfTarget));
}

ApiResult attach(ControlPlane& plane, std::string_view policy_name, std::string_view target) {
  FESCUE_TRY(policy, find_policy(plane, policy_name));
  FESCUE_TRY(certificate, find_certificate_by_arn(plane, target));
  const std::string arn = certificate_arn(plane, certificate.id);
  FESCUE_CHECK(check_room(plane, policy.name, arn));
  FESCUE_CHECK(PolicyStore(plane.database).attach(policy.name, arn));
  rights_changed(plane, {certificate.id});
  return empty_response(200);
}

ApiResult detach(ControlPlane& plane, std::string_view policy_name, std::string_view target) {
  FESCUE_TRY(policy, find_policy(plane, policy_name));
  FESCUE_TRY(certificate, find_certificate_by_arn(plane, target));
  FESCUE_CHECK(PolicyStore(plane.database).detach(policy.name, certificate_arn(plane, certificate.id)));
  rights_changed(plane, {certificate.id});
  return empty_response(200);
}

ApiResult list_policies_of(ControlPlane& plane, const ApiRequest& request, std::string_view target) {
  FESCUE_TRY(page, query_page(request, kMarkerPages));
  FESCUE_TRY(certificate, find_certificate_by_arn(plane, target));
  const std::string arn = certificate_arn(plane, certificate.id);
  FESCUE_TRY(names, PolicyStore(plane.database).policies_of(arn, page.after, page.limit + 1));
  const auto next = cut_page(request, page, names, [](const PolicyName& name) { return name.str(); });
  json::array policies;
  for (const PolicyName& name : names) {
    policies.push_back(json::object{{"policyName", name.view()}, {"policyArn", policy_arn(plane, name)}});
  }
  json::object body{{"policies", std::move(policies)}};
  if (next) body["nextMarker"] = *next;
  return json_response(200, body);
}

/// `member` is what the list is called in the answer.
ApiResult list_targets_of(ControlPlane& plane, const ApiRequest& request, std::string_view policy_name,
                          std::string_view member) {
  FESCUE_TRY(page, query_page(request, kMarkerPages));
  FESCUE_TRY(policy, find_policy(plane, policy_name));
  FESCUE_TRY(targets, PolicyStore(plane.database).targets_of(policy.name, page.after, page.limit + 1));
  const auto next = cut_page(request, page, targets, [](const std::string& target) { return target; });
  json::object body{{member, json::array(targets.begin(), targets.end())}};
  if (next) body["nextMarker"] = *next;
  return json_response(200, body);
}

}  // namespace

Task<ApiResult> attach_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(target, Members(request).required_string("target"));
  co_return attach(plane, request.labels[0], target);
}

Task<ApiResult> detach_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(target, Members(request).required_string("target"));
  co_return detach(plane, request.labels[0], target);
}

Task<ApiResult> list_attached_policies(ControlPlane& plane, ApiRequest request) {
  co_return list_policies_of(plane, request, request.labels[0]);
}

Task<ApiResult> list_targets_for_policy(ControlPlane& plane, ApiRequest request) {
  co_return list_targets_of(plane, request, request.labels[0], "targets");
}

Task<ApiResult> attach_principal_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(principal, required_header(request, kPrincipalHeader));
  co_return attach(plane, request.labels[0], principal);
}

Task<ApiResult> detach_principal_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(principal, required_header(request, kPrincipalHeader));
  co_return detach(plane, request.labels[0], principal);
}

Task<ApiResult> list_principal_policies(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(principal, required_header(request, kPrincipalHeader));
  co_return list_policies_of(plane, request, principal);
}

Task<ApiResult> list_policy_principals(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, required_header(request, kPolicyHeader));
  co_return list_targets_of(plane, request, policy, "principals");
}

}  // namespace fescue::cloud::iot
