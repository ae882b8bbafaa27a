// Roles and their tags.
#include <fmt/format.h>

#include "cloud/api/framework/tags.h"
#include "cloud/api/iam/iam_operations.h"
#include "cloud/api/iam/iam_values.h"
#include "cloud/model/access_key.h"
#include "cloud/store/iam/iam_store.h"

namespace fescue::cloud::iam {

namespace {

constexpr std::int64_t kMinSession = 3600, kMaxSession = 43'200;

json::object role_json(const ControlPlane& plane, const IamRole& role) {
  json::object out{{"Path", role.path},
                   {"RoleName", role.name},
                   {"RoleId", role.id},
                   {"Arn", entity_arn(plane, "role", role.path, role.name)},
                   {"CreateDate", iso8601_utc(role.created)},
                   {"AssumeRolePolicyDocument", percent_encode(role.trust_policy)},
                   {"MaxSessionDuration", role.max_session_seconds}};
  if (!role.description.empty()) out["Description"] = role.description;
  if (!role.tags.empty()) out["Tags"] = tag_list(role.tags);
  return out;
}

ApiValue<IamRole> read_new_role(ControlPlane& plane, const ApiRequest& request) {
  FESCUE_TRY(name, role_name(request));
  FESCUE_TRY(path, path_of(request));
  FESCUE_TRY(description, description_of(request));
  FESCUE_TRY(trust_policy, document_of(request, "AssumeRolePolicyDocument"));
  FESCUE_TRY(seconds, query_integer(request, "MaxSessionDuration", kMinSession, kMaxSession));
  FESCUE_TRY(tags, field_tags(request));
  return IamRole{.name = std::move(name),
                 .path = std::move(path),
                 .id = random_aws_id("AROA"),
                 .description = std::move(description),
                 .trust_policy = std::move(trust_policy),
                 .max_session_seconds = seconds.value_or(kMinSession),
                 .created = plane.now(),
                 .tags = std::move(tags),
                 .inline_policies = {},
                 .attached = {}};
}

}  // namespace

Task<ApiResult> create_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, read_new_role(plane, request));
  const auto inserted = IamStore(plane.database).insert(role);
  if (!inserted && inserted.error().code() == Code::already_exists) {
    co_return ApiError(409, "EntityAlreadyExists", fmt::format("Role with name {} already exists.", role.name));
  }
  FESCUE_CO_CHECK(inserted);
  co_return query_response(request, {{"Role", role_json(plane, role)}});
}

Task<ApiResult> get_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  co_return query_response(request, {{"Role", role_json(plane, role)}});
}

Task<ApiResult> list_roles(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kPages));
  FESCUE_CO_TRY(roles, IamStore(plane.database).list_roles(page.after, page.limit + 1));
  const auto next = cut_page(request, page, roles, [](const IamRole& role) { return role.name; });
  const std::string prefix = request.query_or("PathPrefix", "/");
  json::array list;
  for (const IamRole& role : roles) {
    if (role.path.starts_with(prefix)) list.emplace_back(role_json(plane, role));
  }
  co_return list_response(request, "Roles", std::move(list), next);
}

Task<ApiResult> update_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(description, description_of(request));
  FESCUE_CO_TRY(seconds, query_integer(request, "MaxSessionDuration", kMinSession, kMaxSession));
  if (!description.empty()) role.description = std::move(description);
  role.max_session_seconds = seconds.value_or(role.max_session_seconds);
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> update_assume_role_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(document, document_of(request, "PolicyDocument"));
  role.trust_policy = std::move(document);
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> delete_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  if (!role.attached.empty()) {
    co_return ApiError(409, "DeleteConflict", "Cannot delete entity, must detach all policies first.");
  }
  if (!role.inline_policies.empty()) {
    co_return ApiError(409, "DeleteConflict", "Cannot delete entity, must delete policies first.");
  }
  FESCUE_CO_CHECK(IamStore(plane.database).remove_role(role.name));
  co_return query_response(request, {});
}

Task<ApiResult> tag_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(added, field_tags(request));
  for (const auto& [key, value] : added) role.tags[key] = value;
  if (role.tags.size() > kMaxTags) co_return limit_exceeded("TagsPerRole", kMaxTags);
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> untag_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  for (const std::string& key : field_list(request, "TagKeys")) role.tags.erase(key);
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> list_role_tags(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  co_return list_response(request, "Tags", tag_list(role.tags));
}

/// There are none, but tools ask before they delete a role.
Task<ApiResult> list_instance_profiles_for_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_CHECK(find_role(plane, request));
  co_return list_response(request, "InstanceProfiles", {});
}

}  // namespace fescue::cloud::iam
