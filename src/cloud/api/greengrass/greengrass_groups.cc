// CreateGroup, CreateGroupVersion with every reference checked, and DeleteGroup.
#include "cloud/api/greengrass/greengrass_groups.h"

#include <fmt/format.h>

#include "cloud/api/greengrass/greengrass_objects.h"
#include "cloud/deployments/references.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/group_store.h"

namespace fescue::cloud {

namespace {

/// Whether `arn` is that of an existing version of the family; else why not.
ApiValue<std::string> problem_with(ControlPlane& plane, Family family, std::string_view arn) {
  const auto reference = parse_version_arn(family, arn);
  if (!reference) return fmt::format("{} is not the ARN of a version of a {} definition", arn, name_of(family));
  const DefinitionStore store(plane.database);
  FESCUE_TRY(definition, store.find(family, reference->definition));
  FESCUE_TRY(version, store.find_version(reference->definition, reference->version));
  if (definition && version) return std::string();
  return fmt::format("the {} definition version {} does not exist", name_of(family), arn);
}

/// The references that a group version holds, each of which must lead somewhere.
ApiValue<json::object> checked_group_version(ControlPlane& plane, const Members& body) {
  json::object kept;
  std::vector<ErrorDetail> problems;
  for (const auto& [member, family] : kGroupReferences) {
    FESCUE_TRY(arn, body.optional_string(member));
    if (!arn) continue;
    FESCUE_TRY(problem, problem_with(plane, family, *arn));
    if (!problem.empty()) problems.push_back({"InvalidReference", fmt::format("{}: {}", member, problem)});
    kept[member] = *arn;
  }
  if (!problems.empty()) return bad_request("The group is invalid.", problems);
  return kept;
}

/// Runs on the pool.
Result<GroupSigner> make_signer(const Authority& authority, const std::string& group) {
  const KeyPair key = generate_ec_key();
  CertificateRequest request;
  request.common_name = "fescue group " + group;
  request.public_key_pem = key.public_pem;
  request.purpose = CertificatePurpose::code_signing;
  FESCUE_TRY(certificate, issue_certificate(authority, request));
  return GroupSigner{key.private_pem, std::move(certificate)};
}

}  // namespace

Task<ApiResult> create_group(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_CHECK(body.required_string("Name", {.min = 1, .max = 256}));
  FESCUE_CO_TRY(initial, body.optional_object("InitialVersion"));
  std::optional<json::object> first_version;
  if (initial) {
    FESCUE_CO_TRY(checked, checked_group_version(plane, *initial));
    first_version = std::move(checked);
  }
  FESCUE_CO_TRY(group, new_definition(plane, Family::groups, request));
  auto work = [&authority = plane.authority, id = group.id] { return make_signer(authority, id); };
  FESCUE_CO_TRY(signer, co_await plane.pool.run(std::move(work)));
  FESCUE_CO_TRY(transaction, Transaction::begin(plane.database));
  FESCUE_CO_CHECK(insert_definition(plane, group, first_version));
  FESCUE_CO_CHECK(GroupStore(plane.database).put_signer(GroupId(group.id), signer));
  FESCUE_CO_CHECK(transaction.commit());
  co_return json_response(200, definition_json(plane.config, group));
}

Task<ApiResult> delete_group(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_CHECK(find_definition(plane, Family::groups, request.labels[0]));
  const GroupId group(request.labels[0]);
  DeploymentStore deployments(plane.database);
  FESCUE_CO_TRY(active, deployments.active(group));
  FESCUE_CO_TRY(in_effect, deployments.in_effect(group));
  if (active || in_effect) {
    co_return bad_request(
        "The group is deployed; reset its deployments first (reset-deployments).",
        {{"GroupIsDeployed", fmt::format("deployment {} is {}", (active ? *active : *in_effect).id.str(),
                                         active ? "in progress" : "in effect")}});
  }
  FESCUE_CO_TRY(transaction, Transaction::begin(plane.database));
  FESCUE_CO_CHECK(deployments.remove_group(group));
  FESCUE_CO_CHECK(GroupStore(plane.database).remove(group));
  FESCUE_CO_CHECK(DefinitionStore(plane.database).remove(Family::groups, group.str()));
  FESCUE_CO_CHECK(transaction.commit());
  FESCUE_CO_CHECK(forget_cores(plane));
  co_return json_response(200, json::object());
}

Task<ApiResult> create_group_version(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_CHECK(find_definition(plane, Family::groups, request.labels[0]));
  FESCUE_CO_TRY(body, checked_group_version(plane, Members(request)));
  FESCUE_CO_TRY(version, create_version_row(plane, request.labels[0], body));
  co_return json_response(200, version_json(plane.config, Family::groups, version));
}

}  // namespace fescue::cloud
