// CreateDeployment, ResetDeployments, GetDeploymentStatus and ListDeployments.
#include "cloud/api/greengrass/greengrass_deployments.h"

#include <fmt/format.h>

#include "cloud/api/greengrass/greengrass_objects.h"
#include "cloud/deployments/rollout.h"
#include "cloud/store/deployment_store.h"

namespace fescue::cloud {

namespace {

json::object begun_json(const CloudConfig& config, const DeploymentRecord& record) {
  return {{"DeploymentArn", deployment_arn(config, record.group, record.id)}, {"DeploymentId", record.id.str()}};
}

/// The answer to a deployment that has begun, or could not because another one is on its way.
ApiResult answer(const CloudConfig& config, const Result<DeploymentRecord>& begun) {
  if (begun) return json_response(200, begun_json(config, *begun));
  if (begun.error().code() != Code::conflict) return begun.error();
  return bad_request("Concurrent deployments of a group are not possible.",
                     {{"ConcurrentDeployment", begun.error().message()}});
}

ApiValue<DeploymentRecord> find_deployment(ControlPlane& plane, const std::string& group, const std::string& id) {
  FESCUE_CHECK(find_definition(plane, Family::groups, group));
  FESCUE_TRY(record, DeploymentStore(plane.database).find(DeploymentId(id)));
  if (record && record->group.str() == group) return std::move(*record);
  return ApiError(404, "IdNotFoundException", fmt::format("That deployment of the group does not exist: {}", id));
}

/// The group version to deploy: the one that is given, or for a redeployment that of an earlier deployment.
ApiValue<std::string> version_to_deploy(ControlPlane& plane, const std::string& group, DeploymentType type,
                                        const Members& body) {
  FESCUE_TRY(version, body.optional_string("GroupVersionId"));
  FESCUE_TRY(earlier, body.optional_string("DeploymentId"));
  if (type == DeploymentType::redeployment && earlier) {
    FESCUE_TRY(record, find_deployment(plane, group, *earlier));
    if (record.group_version.empty()) return body.refuse("DeploymentId", "has no group version to deploy again.");
    if (version && *version != record.group_version) {
      return body.refuse("GroupVersionId", "is not that of the deployment that DeploymentId names.");
    }
    version = record.group_version;
  }
  if (!version) {
    return body.refuse(type == DeploymentType::redeployment ? "DeploymentId" : "GroupVersionId", "is required.");
  }
  FESCUE_CHECK(find_version(plane, Family::groups, group, *version));
  return std::move(*version);
}

ApiValue<DeploymentType> read_type(const Members& body) {
  FESCUE_TRY(text, body.required_string("DeploymentType"));
  const auto type = parse_deployment_type(text);
  if (type && (*type == DeploymentType::new_deployment || *type == DeploymentType::redeployment)) return *type;
  return body.refuse("DeploymentType", "must be NewDeployment or Redeployment (ResetDeployments is an operation).");
}

}  // namespace

Task<ApiResult> create_deployment(ControlPlane& plane, ApiRequest request) {
  const std::string& group = request.labels[0];
  FESCUE_CO_CHECK(find_definition(plane, Family::groups, group));
  const Members body(request);
  FESCUE_CO_TRY(type, read_type(body));
  FESCUE_CO_TRY(version, version_to_deploy(plane, group, type, body));
  co_return answer(plane.config, plane.rollout.deploy(GroupId(group), version, type));
}

Task<ApiResult> reset_deployments(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_CHECK(find_definition(plane, Family::groups, request.labels[0]));
  FESCUE_CO_TRY(force, Members(request).optional_bool("Force"));
  const ResetKind kind = force.value_or(false) ? ResetKind::force : ResetKind::wait_for_core;
  co_return answer(plane.config, plane.rollout.reset(GroupId(request.labels[0]), kind));
}

Task<ApiResult> get_deployment_status(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(record, find_deployment(plane, request.labels[0], request.labels[1]));
  json::object body{{"DeploymentStatus", name_of(record.status)},
                    {"DeploymentType", name_of(record.type)},
                    {"UpdatedAt", iso8601_utc(record.updated)}};
  const bool failed = record.status == DeploymentStatus::failure;
  // Of a success, what the core remarked: V1 has no other place for it.
  if (failed || !record.message.empty()) body["ErrorMessage"] = record.message;
  if (failed) body["ErrorDetails"] = details_json(record.details);
  co_return json_response(200, body);
}

Task<ApiResult> list_bulk_deployments(ControlPlane&, ApiRequest) {
  co_return json_response(200, json::object{{"BulkDeployments", json::array()}});
}

Task<ApiResult> list_deployments(ControlPlane& plane, ApiRequest request) {
  const std::string& group = request.labels[0];
  FESCUE_CO_CHECK(find_definition(plane, Family::groups, group));
  FESCUE_CO_TRY(page, query_page(request, kGreengrassPages));
  FESCUE_CO_TRY(records, DeploymentStore(plane.database).list(GroupId(group), sequence_of(page), page.limit + 1));
  const auto next =
      cut_page(request, page, records, [](const DeploymentRecord& record) { return std::to_string(record.sequence); });
  json::array out;
  for (const DeploymentRecord& record : records) {
    json::object item = begun_json(plane.config, record);
    item["CreatedAt"] = iso8601_utc(record.created);
    item["DeploymentType"] = name_of(record.type);
    // AWS's name for it; what it holds is the group version's ARN.
    item["GroupArn"] = record.group_version.empty()
                           ? definition_arn(plane.config, Family::groups, group)
                           : version_arn(plane.config, Family::groups, group, record.group_version);
    out.push_back(std::move(item));
  }
  json::object body{{"Deployments", std::move(out)}};
  if (next) body["NextToken"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud
