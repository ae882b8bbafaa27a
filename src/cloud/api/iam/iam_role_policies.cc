// What is put into roles and attached to them.
#include <fmt/format.h>

#include "cloud/api/iam/iam_operations.h"
#include "cloud/api/iam/iam_values.h"
#include "cloud/store/iam/iam_store.h"

namespace fescue::cloud::iam {

namespace {

/// The name of a policy that may be attached: one of ours, which exists, or one of AWS's own, which are not known one
/// by one.
ApiValue<std::string> attachable(ControlPlane& plane, const ApiRequest& request, const std::string& arn) {
  constexpr std::string_view kOfAws = "arn:aws:iam::aws:policy/";
  const std::size_t slash = arn.rfind('/');
  if (arn.starts_with(kOfAws) && slash + 1 < arn.size()) return arn.substr(slash + 1);
  FESCUE_TRY(policy, find_policy(plane, request));
  return std::move(policy.name);
}

}  // namespace

Task<ApiResult> put_role_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(name, policy_name(request));
  FESCUE_CO_TRY(document, document_of(request, "PolicyDocument"));
  role.inline_policies[name] = std::move(document);
  if (role.inline_policies.size() > kMaxPoliciesOfRole) {
    co_return limit_exceeded("InlinePoliciesPerRole", kMaxPoliciesOfRole);
  }
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> get_role_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(name, policy_name(request));
  const auto found = role.inline_policies.find(name);
  if (found == role.inline_policies.end()) {
    co_return no_such_entity(fmt::format("The role policy with name {} cannot be found.", name));
  }
  co_return query_response(
      request, {{"RoleName", role.name}, {"PolicyName", name}, {"PolicyDocument", percent_encode(found->second)}});
}

Task<ApiResult> delete_role_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(name, policy_name(request));
  if (role.inline_policies.erase(name) == 0) {
    co_return no_such_entity(fmt::format("The role policy with name {} cannot be found.", name));
  }
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> list_role_policies(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  json::array names;
  for (const auto& [name, document] : role.inline_policies) names.emplace_back(name);
  co_return list_response(request, "PolicyNames", std::move(names));
}

Task<ApiResult> attach_role_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(arn, required_field(request, "PolicyArn", {.min = 20, .max = 2048}));
  FESCUE_CO_TRY(name, attachable(plane, request, arn));
  role.attached[arn] = name;
  if (role.attached.size() > kMaxPoliciesOfRole) co_return limit_exceeded("PoliciesPerRole", kMaxPoliciesOfRole);
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> detach_role_policy(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  FESCUE_CO_TRY(arn, required_field(request, "PolicyArn", {.min = 20, .max = 2048}));
  if (role.attached.erase(arn) == 0) co_return no_such_entity(fmt::format("Policy {} was not found.", arn));
  FESCUE_CO_CHECK(IamStore(plane.database).update(role));
  co_return query_response(request, {});
}

Task<ApiResult> list_attached_role_policies(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(role, find_role(plane, request));
  json::array list;
  for (const auto& [arn, name] : role.attached) {
    list.push_back(json::object{{"PolicyName", name}, {"PolicyArn", arn}});
  }
  co_return list_response(request, "AttachedPolicies", std::move(list));
}

}  // namespace fescue::cloud::iam
