// Policies by name (docs/compatibility/api-iot.md#policies).
#include <fmt/format.h>

#include "base/random.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_policy_document.h"
#include "cloud/api/iot/iot_tags.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/policy_store.h"

namespace fescue::cloud::iot {

Task<ApiResult> create_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, parse_policy_name(request.labels[0]));
  FESCUE_CO_TRY(document, read_policy_document(Members(request)));
  FESCUE_CO_TRY(tags, read_tag_list(Members(request)));
  const WallTime now = plane.now();
  const Policy policy{
      .name = name, .default_version = 1, .generation_id = random_uuid(), .created = now, .modified = now};
  const auto inserted = PolicyStore(plane.database).insert(policy, document);
  if (!inserted && inserted.error().code() == Code::already_exists) {
    co_return already_exists(fmt::format("Policy {} already exists.", name.view()), policy_arn(plane, name),
                             name.view());
  }
  if (!inserted) co_return inserted.error();
  FESCUE_CO_CHECK(keep_tags(plane, policy_arn(plane, name), tags));
  co_return json_response(200, json::object{{"policyName", name.view()},
                                            {"policyArn", policy_arn(plane, name)},
                                            {"policyDocument", document},
                                            {"policyVersionId", "1"}});
}

Task<ApiResult> get_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  FESCUE_CO_TRY(version, PolicyStore(plane.database).find_version(policy.name, policy.default_version));
  FESCUE_ASSERT(version);  // a default version cannot be deleted
  co_return json_response(200, json::object{{"policyName", policy.name.view()},
                                            {"policyArn", policy_arn(plane, policy.name)},
                                            {"policyDocument", version->document},
                                            {"defaultVersionId", std::to_string(policy.default_version)},
                                            {"creationDate", epoch_seconds(policy.created)},
                                            {"lastModifiedDate", epoch_seconds(policy.modified)},
                                            {"generationId", policy.generation_id}});
}

Task<ApiResult> delete_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(policy, find_policy(plane, request.labels[0]));
  PolicyStore store(plane.database);
  FESCUE_CO_TRY(targets, store.targets_of(policy.name, "", 1));
  if (!targets.empty()) {
    co_return ApiError(409, "DeleteConflictException",
                       fmt::format("Policy {} is attached to {}; detach it first.", policy.name.view(), targets[0]));
  }
  FESCUE_CO_TRY(versions, store.versions(policy.name));
  if (versions.size() > 1) {
    co_return ApiError(
        409, "DeleteConflictException",
        fmt::format("Policy {} has versions besides the default one; delete them first.", policy.name.view()));
  }
  FESCUE_CO_CHECK(store.remove(policy.name));
  FESCUE_CO_CHECK(forget_tags(plane, policy_arn(plane, policy.name)));
  co_return empty_response(200);
}

Task<ApiResult> list_policies(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kMarkerPages));
  FESCUE_CO_TRY(order, list_order(request));
  FESCUE_CO_TRY(policies, PolicyStore(plane.database).list(order, number_after(page), page.limit + 1));
  const auto next = cut_page(request, page, policies, [](const Policy& last) { return std::to_string(last.number); });
  json::array list;
  for (const Policy& policy : policies) {
    list.push_back(json::object{{"policyName", policy.name.view()}, {"policyArn", policy_arn(plane, policy.name)}});
  }
  json::object body{{"policies", std::move(list)}};
  if (next) body["nextMarker"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
