// The role of a group and the role of the account, by the same three functions.
#include "cloud/api/greengrass/greengrass_roles.h"

#include "cloud/api/greengrass/greengrass_objects.h"
#include "cloud/store/group_store.h"

namespace fescue::cloud {

namespace {

const GroupId kAccount;  // the account's service role

ApiResult associate(ControlPlane& plane, const GroupId& owner, const ApiRequest& request) {
  FESCUE_TRY(arn, Members(request).required_string("RoleArn"));
  const auto parts = parse_arn(arn);
  if (!parts || parts->service != "iam" || !parts->resource.starts_with("role/")) {
    return Members(request).refuse("RoleArn", "is not the ARN of an IAM role (arn:aws:iam::ACCOUNT:role/NAME).");
  }
  const AssociatedRole role{arn, plane.now()};
  FESCUE_CHECK(GroupStore(plane.database).put_role(owner, role));
  return json_response(200, json::object{{"AssociatedAt", iso8601_utc(role.associated)}});
}

ApiResult get(ControlPlane& plane, const GroupId& owner, std::string_view missing) {
  FESCUE_TRY(role, GroupStore(plane.database).role(owner));
  if (!role) return ApiError(404, "IdNotFoundException", std::string(missing));
  return json_response(200, json::object{{"AssociatedAt", iso8601_utc(role->associated)}, {"RoleArn", role->arn}});
}

ApiResult disassociate(ControlPlane& plane, const GroupId& owner) {
  FESCUE_CHECK(GroupStore(plane.database).remove_role(owner));
  return json_response(200, json::object{{"DisassociatedAt", iso8601_utc(plane.now())}});
}

ApiValue<GroupId> existing_group(ControlPlane& plane, const ApiRequest& request) {
  FESCUE_CHECK(find_definition(plane, Family::groups, request.labels[0]));
  return GroupId(request.labels[0]);
}

}  // namespace

Task<ApiResult> associate_role_to_group(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(group, existing_group(plane, request));
  co_return associate(plane, group, request);
}

Task<ApiResult> get_associated_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(group, existing_group(plane, request));
  co_return get(plane, group, "No role is associated with this group.");
}

Task<ApiResult> disassociate_role_from_group(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(group, existing_group(plane, request));
  co_return disassociate(plane, group);
}

Task<ApiResult> associate_service_role(ControlPlane& plane, ApiRequest request) {
  co_return associate(plane, kAccount, request);
}

Task<ApiResult> get_service_role(ControlPlane& plane, ApiRequest) {
  co_return get(plane, kAccount, "No service role is associated with this account.");
}

Task<ApiResult> disassociate_service_role(ControlPlane& plane, ApiRequest) { co_return disassociate(plane, kAccount); }

}  // namespace fescue::cloud
