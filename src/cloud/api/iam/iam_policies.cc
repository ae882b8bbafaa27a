// Policies of the account, each with the one version v1.
#include <fmt/format.h>

#include "cloud/api/iam/iam_operations.h"
#include "cloud/api/iam/iam_values.h"
#include "cloud/model/access_key.h"
#include "cloud/store/iam/iam_store.h"

namespace fescue::cloud::iam {

namespace {

constexpr std::string_view kVersion = "v1";

json::object policy_json(const IamPolicy& policy, std::int64_t attachments) {
  json::object out{{"PolicyName", policy.name},
                   {"PolicyId", policy.id},
                   {"Arn", policy.arn},
                   {"Path", policy.path},
                   {"DefaultVersionId", kVersion},
                   {"AttachmentCount", attachments},
                   {"PermissionsBoundaryUsageCount", 0},
                   {"IsAttachable", true},
                   {"CreateDate", iso8601_utc(policy.created)},
                   {"UpdateDate", iso8601_utc(policy.created)}};
  if (!policy.description.empty()) out["Description"] = policy.description;
  if (!policy.tags.empty()) out["Tags"] = tag_list(policy.tags);
  return out;
}

json::object version_json(const IamPolicy& policy) {
  return {{"VersionId", kVersion}, {"IsDefaultVersion", true}, {"CreateDate", iso8601_utc(policy.created)}};
}

}  // namespace

Task<ApiResult> create_policy(ControlPlane& plane, ApiRequest request) {
  IamPolicy policy;
  FESCUE_CO_TRY(name, policy_name(request));
  FESCUE_CO_TRY(path, path_of(request));
  FESCUE_CO_TRY(description, description_of(request));
  FESCUE_CO_TRY(document, document_of(request, "PolicyDocument"));
  FESCUE_CO_TRY(tags, field_tags(request));
  policy.name = std::move(name);
  policy.path = std::move(path);
  policy.description = std::move(description);
  policy.document = std::move(document);
  policy.tags = std::move(tags);
  policy.arn = entity_arn(plane, "policy", policy.path, policy.name);
  policy.id = random_aws_id("ANPA");
  policy.created = plane.now();
  const auto inserted = IamStore(plane.database).insert(policy);
  if (!inserted && inserted.error().code() == Code::already_exists) {
    co_return ApiError(409, "EntityAlreadyExists", fmt::format("A policy called {} already exists.", policy.name));
  }
  FESCUE_CO_CHECK(inserted);
  co_return query_response(request, {{"Policy", policy_json(policy, 0)}});
}

Task<ApiResult> get_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request));
  FESCUE_CO_TRY(attachments, IamStore(plane.database).attachments(policy.arn));
  co_return query_response(request, {{"Policy", policy_json(policy, attachments)}});
}

Task<ApiResult> list_policies(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kPages));
  IamStore store(plane.database);
  std::vector<IamPolicy> policies;
  if (request.query_or("Scope", "All") != "AWS") {  // AWS's own are not here
    FESCUE_CO_TRY(found, store.list_policies(page.after, page.limit + 1));
    policies = std::move(found);
  }
  const auto next = cut_page(request, page, policies, [](const IamPolicy& policy) { return policy.arn; });
  json::array list;
  for (const IamPolicy& policy : policies) {
    FESCUE_CO_TRY(attachments, store.attachments(policy.arn));
    list.emplace_back(policy_json(policy, attachments));
  }
  co_return list_response(request, "Policies", std::move(list), next);
}

Task<ApiResult> delete_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request));
  IamStore store(plane.database);
  FESCUE_CO_TRY(attachments, store.attachments(policy.arn));
  if (attachments > 0) {
    co_return ApiError(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
  }
  FESCUE_CO_CHECK(store.remove_policy(policy.arn));
  co_return query_response(request, {});
}

Task<ApiResult> get_policy_version(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request));
  FESCUE_CO_TRY(version, required_field(request, "VersionId"));
  if (version != kVersion) {
    co_return no_such_entity(fmt::format("Policy {} version {} does not exist.", policy.arn, version));
  }
  json::object out = version_json(policy);
  out["Document"] = percent_encode(policy.document);
  co_return query_response(request, {{"PolicyVersion", std::move(out)}});
}

Task<ApiResult> list_policy_versions(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request));
  json::array list;
  list.emplace_back(version_json(policy));
  co_return list_response(request, "Versions", std::move(list));
}

}  // namespace fescue::cloud::iam
