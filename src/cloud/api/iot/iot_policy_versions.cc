// Versions of a policy: at most five, one of them the default (docs/compatibility/api-iot.md#policies).
#include <limits>

#include <fmt/format.h>

#include "base/text/parse_number.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_policy_document.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/policy_store.h"

namespace fescue::cloud::iot {

namespace {

ApiValue<PolicyVersion> find_version(ControlPlane& plane, const Policy& policy, std::string_view id) {
  const auto number = parse_number<std::int64_t>(id);
  if (!number || *number < 1) {
    return Error(Code::invalid_argument, fmt::format("'{}' is not a policy version id.", id.substr(0, 80)));
  }
  FESCUE_TRY(version, PolicyStore(plane.database).find_version(policy.name, *number));
  if (!version) {
    return ApiError(404, "ResourceNotFoundException",
                    fmt::format("Policy {} has no version {}.", policy.name.view(), *number));
  }
  return std::move(*version);
}

/// Those whom the policy is attached to have what it says from here on.
ApiValue<void> make_default(ControlPlane& plane, const PolicyName& policy, std::int64_t version) {
  PolicyStore store(plane.database);
  FESCUE_CHECK(store.set_default(policy, version, plane.now()));
  FESCUE_TRY(targets, store.targets_of(policy, "", std::numeric_limits<std::int64_t>::max()));
  std::vector<CertificateId> certificates;
  for (const std::string& arn : targets) certificates.push_back(certificate_id_of(arn));
  rights_changed(plane, certificates);
  return {};
}

}  // namespace

Task<ApiResult> create_policy_version(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  FESCUE_CO_TRY(document, read_policy_document(Members(request)));
  FESCUE_CO_TRY(as_default, query_bool(request, "setAsDefault"));
  PolicyStore store(plane.database);
  FESCUE_CO_TRY(versions, store.versions(policy.name));
  if (versions.size() >= kMaxPolicyVersions) {
    co_return ApiError(
        409, "VersionsLimitExceededException",
        fmt::format("Policy {} has {} versions already; delete one first.", policy.name.view(), kMaxPolicyVersions));
  }
  FESCUE_CO_TRY(number, store.add_version(policy.name, document, plane.now()));
  if (as_default.value_or(false)) {
    FESCUE_CO_CHECK(make_default(plane, policy.name, number));
  }
  co_return json_response(200, json::object{{"policyArn", policy_arn(plane, policy.name)},
                                            {"policyDocument", document},
                                            {"policyVersionId", std::to_string(number)},
                                            {"isDefaultVersion", as_default.value_or(false)}});
}

Task<ApiResult> get_policy_version(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  FESCUE_CO_TRY(version, find_version(plane, policy, request.labels[1]));
  co_return json_response(200, json::object{{"policyArn", policy_arn(plane, policy.name)},
                                            {"policyName", policy.name.view()},
                                            {"policyDocument", version.document},
                                            {"policyVersionId", std::to_string(version.version)},
                                            {"isDefaultVersion", version.version == policy.default_version},
                                            {"creationDate", epoch_seconds(version.created)},
                                            {"lastModifiedDate", epoch_seconds(version.created)},
                                            {"generationId", policy.generation_id}});
}

Task<ApiResult> list_policy_versions(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  FESCUE_CO_TRY(versions, PolicyStore(plane.database).versions(policy.name));
  json::array list;
  for (const PolicyVersion& version : versions) {
    list.push_back(json::object{{"versionId", std::to_string(version.version)},
                                {"isDefaultVersion", version.version == policy.default_version},
                                {"createDate", epoch_seconds(version.created)}});
  }
  co_return json_response(200, json::object{{"policyVersions", std::move(list)}});
}

Task<ApiResult> delete_policy_version(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  FESCUE_CO_TRY(version, find_version(plane, policy, request.labels[1]));
  if (version.version == policy.default_version) {
    co_return ApiError(
        409, "DeleteConflictException",
        fmt::format("Version {} is the default version of policy {}.", version.version, policy.name.view()));
  }
  FESCUE_CO_CHECK(PolicyStore(plane.database).remove_version(policy.name, version.version));
  co_return empty_response(200);
}

Task<ApiResult> set_default_policy_version(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  FESCUE_CO_TRY(version, find_version(plane, policy, request.labels[1]));
  FESCUE_CO_CHECK(make_default(plane, policy.name, version.version));
  co_return empty_response(200);
}

}  // namespace fescue::cloud::iot
