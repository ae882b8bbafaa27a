// What policies would decide, by the code that decides for the broker (docs/compatibility/policies.md#testing).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/broker/policy_library.h"
#include "cloud/store/policy_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr std::size_t kMaxAuthInfos = 10, kMaxResourceBytes = 2048;

struct AuthInfo {
  IotAction action = IotAction::publish;
  std::string action_type;
  std::vector<std::string> arns;
};

constexpr std::array<std::pair<std::string_view, IotAction>, 4> kActionTypes{{{"PUBLISH", IotAction::publish},
                                                                              {"SUBSCRIBE", IotAction::subscribe},
                                                                              {"RECEIVE", IotAction::receive},
                                                                              {"CONNECT", IotAction::connect}}};

ApiValue<AuthInfo> read_auth_info(const json::value& value, std::size_t number) {
  const std::string path = fmt::format("authInfos[{}]", number);
  if (!value.is_object()) {
    return ApiError(400, "SerializationException", path + " must be an object.");
  }
  const Members members(Service::iot, value.get_object(), path);
  FESCUE_TRY(type, members.required_string("actionType"));
  FESCUE_TRY(resources, members.optional_strings("resources"));
  const auto* found = std::ranges::find(kActionTypes, type, &decltype(kActionTypes)::value_type::first);
  if (found == kActionTypes.end()) {
    return members.refuse("actionType", "must be PUBLISH, SUBSCRIBE, RECEIVE or CONNECT");
  }
  const auto is_long = [](const std::string& arn) { return arn.size() > kMaxResourceBytes; };
  if (resources.empty() || std::ranges::any_of(resources, is_long)) {
    return members.refuse("resources", fmt::format("must be ARNs of at most {} bytes", kMaxResourceBytes));
  }
  return AuthInfo{found->second, type, std::move(resources)};
}

ApiValue<std::vector<AuthInfo>> read_auth_infos(const ApiRequest& request) {
  const json::value* list = request.body.if_contains("authInfos");
  const bool is_good =
      list && list->is_array() && !list->get_array().empty() && list->get_array().size() <= kMaxAuthInfos;
  if (!is_good) return Members(request).refuse("authInfos", fmt::format("must have 1 to {} members", kMaxAuthInfos));
  std::vector<AuthInfo> infos;
  for (const json::value& value : list->get_array()) {
    FESCUE_TRY(info, read_auth_info(value, infos.size()));
    infos.push_back(std::move(info));
  }
  return infos;
}

/// The principal's, with those to add and without those to skip.
ApiValue<std::vector<NamedPolicy>> policies_in_question(ControlPlane& plane, const Members& body,
                                                        const std::optional<CertificateId>& certificate) {
  FESCUE_TRY(to_add, body.optional_strings("policyNamesToAdd"));
  FESCUE_TRY(to_skip, body.optional_strings("policyNamesToSkip"));
  std::vector<NamedPolicy> policies;
  if (certificate) {
    FESCUE_TRY(attached, plane.policies.attached_to(*certificate));
    policies = std::move(attached);
  }
  for (const std::string& name : to_skip) {
    FESCUE_TRY(policy, find_policy(plane, name));
    std::erase_if(policies, [&](const NamedPolicy& each) { return each.name == policy.name; });
  }
  for (const std::string& name : to_add) {
    FESCUE_TRY(policy, find_policy(plane, name));
    std::erase_if(policies, [&](const NamedPolicy& each) { return each.name == policy.name; });
    FESCUE_TRY(loaded, plane.policies.load(policy));
    policies.push_back(std::move(loaded));
  }
  return policies;
}

json::object policy_json(const ControlPlane& plane, const PolicyName& name) {
  return {{"policyName", name.view()}, {"policyArn", policy_arn(plane, name)}};
}

json::array policies_json(const ControlPlane& plane, const std::vector<DecidingStatement>& statements) {
  std::vector<PolicyName> names;
  for (const DecidingStatement& each : statements) {
    if (std::ranges::find(names, each.policy) == names.end()) names.push_back(each.policy);
  }
  json::array list;
  for (const PolicyName& name : names) list.push_back(policy_json(plane, name));
  return list;
}

std::string_view name_of(PolicyVerdict verdict) {
  if (verdict == PolicyVerdict::allowed) return "ALLOWED";
  return verdict == PolicyVerdict::explicit_deny ? "EXPLICIT_DENY" : "IMPLICIT_DENY";
}

/// Of several resources, the one that fares worst.
PolicyDecision decide(const BoundPolicies& policies, const AuthInfo& info) {
  std::optional<PolicyDecision> worst;
  const auto badness = [](PolicyVerdict verdict) {
    return verdict == PolicyVerdict::allowed ? 0 : verdict == PolicyVerdict::implicit_deny ? 1 : 2;
  };
  for (const std::string& arn : info.arns) {
    PolicyDecision decision = policies.decide(info.action, arn);
    if (!worst || badness(decision.verdict) > badness(worst->verdict)) worst = std::move(decision);
  }
  return std::move(*worst);
}

json::object result_json(const ControlPlane& plane, const AuthInfo& info, const PolicyDecision& decision,
                         const std::vector<NamedPolicy>& policies) {
  json::array silent;
  for (const NamedPolicy& policy : policies) {
    const auto speaks = [&](const DecidingStatement& statement) { return statement.policy == policy.name; };
    if (std::ranges::none_of(decision.allowing, speaks) && std::ranges::none_of(decision.denying, speaks)) {
      silent.push_back(policy_json(plane, policy.name));
    }
  }
  const json::array arns(info.arns.begin(), info.arns.end());
  return {
      {"authInfo", json::object{{"actionType", info.action_type}, {"resources", arns}}},
      {"allowed", json::object{{"policies", policies_json(plane, decision.allowing)}}},
      {"denied", json::object{{"implicitDeny", json::object{{"policies", std::move(silent)}}},
                              {"explicitDeny", json::object{{"policies", policies_json(plane, decision.denying)}}}}},
      {"authDecision", name_of(decision.verdict)},
      {"missingContextValues", json::array(decision.missing.begin(), decision.missing.end())}};
}

/// The certificate that the request names, if it names one.
ApiValue<std::optional<CertificateId>> read_principal(ControlPlane& plane, const Members& body) {
  FESCUE_TRY(pool, body.optional_string("cognitoIdentityPoolId"));
  if (pool) return Error(Code::unimplemented, "There are no Cognito identities here.");
  FESCUE_TRY(arn, body.optional_string("principal"));
  if (!arn) return std::optional<CertificateId>();
  FESCUE_TRY(certificate, find_certificate_by_arn(plane, *arn));
  return std::optional(certificate.id);
}

}  // namespace

Task<ApiResult> test_authorization(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(infos, read_auth_infos(request));
  FESCUE_CO_TRY(certificate, read_principal(plane, body));
  FESCUE_CO_TRY(policies, policies_in_question(plane, body, certificate));
  PolicyClient client{certificate, std::nullopt, ""};
  if (const std::string id = request.query_or("clientId", ""); !id.empty()) client.client_id = id;
  FESCUE_CO_TRY(context, plane.policies.context_of(client, keys_of(policies)));
  const BoundPolicies bound(policies, context);
  json::array results;
  for (const AuthInfo& info : infos) results.push_back(result_json(plane, info, decide(bound, info), policies));
  co_return json_response(200, json::object{{"authResults", std::move(results)}});
}

Task<ApiResult> get_effective_policies(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(certificate, read_principal(plane, Members(request)));
  if (const std::string thing = request.query_or("thingName", ""); !thing.empty()) {
    FESCUE_CO_CHECK(find_thing(plane, thing));  // things and their groups have no policies here
  }
  const PolicyStore store(plane.database);
  json::array list;
  if (certificate) {
    FESCUE_CO_TRY(policies, store.attached_to(certificate_arn(plane, *certificate)));
    for (const Policy& policy : policies) {
      FESCUE_CO_TRY(version, store.find_version(policy.name, policy.default_version));
      FESCUE_ASSERT(version);  // a default version cannot be deleted
      json::object item = policy_json(plane, policy.name);
      item["policyDocument"] = version->document;
      list.push_back(std::move(item));
    }
  }
  co_return json_response(200, json::object{{"effectivePolicies", std::move(list)}});
}

}  // namespace fescue::cloud::iot
