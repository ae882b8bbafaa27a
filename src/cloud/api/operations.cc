// The table of all operations by service; a null function is one that is known and refused by name. Of IoT and Lambda
// only what is built stands here; the rest is in known/.
#include <algorithm>
#include <vector>

#include "cloud/api/framework/operation.h"
#include "cloud/api/framework/tags.h"
#include "cloud/api/greengrass/greengrass_definitions.h"
#include "cloud/api/greengrass/greengrass_deployments.h"
#include "cloud/api/greengrass/greengrass_groups.h"
#include "cloud/api/greengrass/greengrass_roles.h"
#include "cloud/api/greengrass/greengrass_runtime_configuration.h"
#include "cloud/api/iam/iam_operations.h"
#include "cloud/api/iot/iot_empty_lists.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/keys/api_keys.h"
#include "cloud/api/known/known_operations.h"
#include "cloud/api/lambda/lambda_aliases.h"
#include "cloud/api/lambda/lambda_functions.h"
#include "cloud/api/lambda/lambda_invoke.h"
#include "cloud/api/lambda/lambda_settings.h"
#include "cloud/api/lambda/lambda_versions.h"
#include "cloud/api/sts/sts_operations.h"

namespace fescue::cloud {

namespace {

using enum Service;

/// The eight operations of one of Greengrass's definition families (docs/compatibility/api-greengrass.md#definitions).
#define DEFINITION_FAMILY(NAME, SEGMENT)                                                                               \
  {greengrass, "Create" NAME "Definition", "POST", "/greengrass/definition/" SEGMENT, create_definition},              \
      {greengrass, "List" NAME "Definitions", "GET", "/greengrass/definition/" SEGMENT, list_definitions},             \
      {greengrass, "Get" NAME "Definition", "GET", "/greengrass/definition/" SEGMENT "/{id}", get_definition},         \
      {greengrass, "Update" NAME "Definition", "PUT", "/greengrass/definition/" SEGMENT "/{id}", update_definition},   \
      {greengrass, "Delete" NAME "Definition", "DELETE", "/greengrass/definition/" SEGMENT "/{id}",                    \
       delete_definition},                                                                                             \
      {greengrass, "Create" NAME "DefinitionVersion", "POST", "/greengrass/definition/" SEGMENT "/{id}/versions",      \
       create_definition_version},                                                                                     \
      {greengrass, "List" NAME "DefinitionVersions", "GET", "/greengrass/definition/" SEGMENT "/{id}/versions",        \
       list_definition_versions},                                                                                      \
  {                                                                                                                    \
    greengrass, "Get" NAME "DefinitionVersion", "GET", "/greengrass/definition/" SEGMENT "/{id}/versions/{versionId}", \
        get_definition_version                                                                                         \
  }

constexpr Operation kOperations[] = {
    // Greengrass: definitions
    DEFINITION_FAMILY("Core", "cores"),
    DEFINITION_FAMILY("Function", "functions"),
    DEFINITION_FAMILY("Subscription", "subscriptions"),
    DEFINITION_FAMILY("Resource", "resources"),
    DEFINITION_FAMILY("Logger", "loggers"),
    DEFINITION_FAMILY("Device", "devices"),
    DEFINITION_FAMILY("Connector", "connectors"),

    // Greengrass: groups
    {greengrass, "CreateGroup", "POST", "/greengrass/groups", create_group},
    {greengrass, "ListGroups", "GET", "/greengrass/groups", list_definitions},
    {greengrass, "GetGroup", "GET", "/greengrass/groups/{GroupId}", get_definition},
    {greengrass, "UpdateGroup", "PUT", "/greengrass/groups/{GroupId}", update_definition},
    {greengrass, "DeleteGroup", "DELETE", "/greengrass/groups/{GroupId}", delete_group},
    {greengrass, "CreateGroupVersion", "POST", "/greengrass/groups/{GroupId}/versions", create_group_version},
    {greengrass, "ListGroupVersions", "GET", "/greengrass/groups/{GroupId}/versions", list_definition_versions},
    {greengrass, "GetGroupVersion", "GET", "/greengrass/groups/{GroupId}/versions/{GroupVersionId}",
     get_definition_version},

    // Greengrass: deployments
    {greengrass, "CreateDeployment", "POST", "/greengrass/groups/{GroupId}/deployments", create_deployment},
    {greengrass, "ListDeployments", "GET", "/greengrass/groups/{GroupId}/deployments", list_deployments},
    {greengrass, "GetDeploymentStatus", "GET", "/greengrass/groups/{GroupId}/deployments/{DeploymentId}/status",
     get_deployment_status},
    {greengrass, "ResetDeployments", "POST", "/greengrass/groups/{GroupId}/deployments/$reset", reset_deployments},

    // Greengrass: roles, things, certificate authorities
    {greengrass, "AssociateRoleToGroup", "PUT", "/greengrass/groups/{GroupId}/role", associate_role_to_group},
    {greengrass, "GetAssociatedRole", "GET", "/greengrass/groups/{GroupId}/role", get_associated_role},
    {greengrass, "DisassociateRoleFromGroup", "DELETE", "/greengrass/groups/{GroupId}/role",
     disassociate_role_from_group},
    {greengrass, "AssociateServiceRoleToAccount", "PUT", "/greengrass/servicerole", associate_service_role},
    {greengrass, "GetServiceRoleForAccount", "GET", "/greengrass/servicerole", get_service_role},
    {greengrass, "DisassociateServiceRoleFromAccount", "DELETE", "/greengrass/servicerole", disassociate_service_role},
    {greengrass, "GetConnectivityInfo", "GET", "/greengrass/things/{ThingName}/connectivityInfo", nullptr},
    {greengrass, "UpdateConnectivityInfo", "PUT", "/greengrass/things/{ThingName}/connectivityInfo", nullptr},
    {greengrass, "GetThingRuntimeConfiguration", "GET", "/greengrass/things/{ThingName}/runtimeconfig",
     get_thing_runtime_configuration},
    {greengrass, "UpdateThingRuntimeConfiguration", "PUT", "/greengrass/things/{ThingName}/runtimeconfig",
     update_thing_runtime_configuration},
    {greengrass, "CreateGroupCertificateAuthority", "POST", "/greengrass/groups/{GroupId}/certificateauthorities",
     nullptr},
    {greengrass, "ListGroupCertificateAuthorities", "GET", "/greengrass/groups/{GroupId}/certificateauthorities",
     nullptr},
    {greengrass, "GetGroupCertificateAuthority", "GET",
     "/greengrass/groups/{GroupId}/certificateauthorities/{CertificateAuthorityId}", nullptr},
    {greengrass, "GetGroupCertificateConfiguration", "GET",
     "/greengrass/groups/{GroupId}/certificateauthorities/configuration/expiry", nullptr},
    {greengrass, "UpdateGroupCertificateConfiguration", "PUT",
     "/greengrass/groups/{GroupId}/certificateauthorities/configuration/expiry", nullptr},

    // Greengrass: bulk deployments, tags, updates of the core's software
    {greengrass, "StartBulkDeployment", "POST", "/greengrass/bulk/deployments", nullptr},
    {greengrass, "ListBulkDeployments", "GET", "/greengrass/bulk/deployments", list_bulk_deployments},
    {greengrass, "GetBulkDeploymentStatus", "GET", "/greengrass/bulk/deployments/{BulkDeploymentId}/status", nullptr},
    {greengrass, "ListBulkDeploymentDetailedReports", "GET",
     "/greengrass/bulk/deployments/{BulkDeploymentId}/detailed-reports", nullptr},
    {greengrass, "StopBulkDeployment", "PUT", "/greengrass/bulk/deployments/{BulkDeploymentId}/$stop", nullptr},
    {greengrass, "ListTagsForResource", "GET", "/tags/{resource-arn}", list_greengrass_tags},
    {greengrass, "TagResource", "POST", "/tags/{resource-arn}", tag_greengrass_resource},
    {greengrass, "UntagResource", "DELETE", "/tags/{resource-arn}", untag_greengrass_resource},
    {greengrass, "CreateSoftwareUpdateJob", "POST", "/greengrass/updates", nullptr},

    // Lambda: functions and versions
    {lambda, "CreateFunction", "POST", "/2015-03-31/functions", create_function},
    {lambda, "ListFunctions", "GET", "/2015-03-31/functions", list_functions},
    {lambda, "GetFunction", "GET", "/2015-03-31/functions/{FunctionName}", get_function},
    {lambda, "DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}", delete_function},
    {lambda, "GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration",
     get_function_configuration},
    {lambda, "UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration",
     update_function_configuration},
    {lambda, "UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code", update_function_code},
    {lambda, "PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions", publish_version},
    {lambda, "ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions",
     list_versions_by_function},

    // Lambda: aliases
    {lambda, "CreateAlias", "POST", "/2015-03-31/functions/{FunctionName}/aliases", create_alias},
    {lambda, "ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases", list_aliases},
    {lambda, "GetAlias", "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", get_alias},
    {lambda, "UpdateAlias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", update_alias},
    {lambda, "DeleteAlias", "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", delete_alias},

    // Lambda: invocations
    {lambda, "Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations", invoke_function, BodyKind::raw},
    {lambda, "InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", invoke_function_async,
     BodyKind::raw},

    // Lambda: tags, permissions, settings
    {lambda, "TagResource", "POST", "/2017-03-31/tags/{ARN}", tag_function},
    {lambda, "UntagResource", "DELETE", "/2017-03-31/tags/{ARN}", untag_function},
    {lambda, "ListTags", "GET", "/2017-03-31/tags/{ARN}", list_function_tags},

    // Lambda: what tools ask in passing
    {lambda, "GetAccountSettings", "GET", "/2016-08-19/account-settings", get_account_settings},
    {lambda, "GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy", get_function_policy},
    {lambda, "GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency",
     get_function_concurrency},
    {lambda, "GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{FunctionName}/code-signing-config",
     get_code_signing_config},
    {lambda, "GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config",
     get_runtime_management_config},
    {lambda, "GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{FunctionName}/recursion-config",
     get_recursion_config},
    {lambda, "GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{FunctionName}/url", get_function_url_config},
    {lambda, "ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{FunctionName}/urls", list_function_url_configs},
    {lambda, "GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config",
     get_event_invoke_config},
    {lambda, "ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list",
     list_event_invoke_configs},
    {lambda, "GetProvisionedConcurrencyConfig", "GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
     get_provisioned_concurrency_config},
    {lambda, "ListProvisionedConcurrencyConfigs", "GET",
     "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL", list_provisioned_concurrency_configs},
    {lambda, "ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings", list_event_source_mappings},
    {lambda, "ListLayers", "GET", "/2018-10-31/layers", list_layers},
    {lambda, "ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs", list_code_signing_configs},

    // IoT: things
    {iot, "CreateThing", "POST", "/things/{thingName}", iot::create_thing},
    {iot, "DescribeThing", "GET", "/things/{thingName}", iot::describe_thing},
    {iot, "UpdateThing", "PATCH", "/things/{thingName}", iot::update_thing},
    {iot, "DeleteThing", "DELETE", "/things/{thingName}", iot::delete_thing},
    {iot, "ListThings", "GET", "/things", iot::list_things},
    {iot, "AttachThingPrincipal", "PUT", "/things/{thingName}/principals", iot::attach_thing_principal},
    {iot, "DetachThingPrincipal", "DELETE", "/things/{thingName}/principals", iot::detach_thing_principal},
    {iot, "ListThingPrincipals", "GET", "/things/{thingName}/principals", iot::list_thing_principals},
    {iot, "ListThingPrincipalsV2", "GET", "/things/{thingName}/principals-v2", iot::list_thing_principals_v2},
    {iot, "ListPrincipalThings", "GET", "/principals/things", iot::list_principal_things},
    {iot, "ListThingGroupsForThing", "GET", "/things/{thingName}/thing-groups", iot::list_thing_groups_for_thing},
    {iot, "ListThingGroups", "GET", "/thing-groups", iot::list_thing_groups},
    {iot, "ListTopicRules", "GET", "/rules", iot::list_topic_rules},

    // IoT: certificates
    {iot, "CreateKeysAndCertificate", "POST", "/keys-and-certificate", iot::create_keys_and_certificate},
    {iot, "CreateCertificateFromCsr", "POST", "/certificates", iot::create_certificate_from_csr},
    {iot, "RegisterCertificateWithoutCA", "POST", "/certificate/register-no-ca", iot::register_certificate_without_ca},
    {iot, "DescribeCertificate", "GET", "/certificates/{certificateId}", iot::describe_certificate},
    {iot, "ListCertificates", "GET", "/certificates", iot::list_certificates},
    {iot, "UpdateCertificate", "PUT", "/certificates/{certificateId}", iot::update_certificate},
    {iot, "DeleteCertificate", "DELETE", "/certificates/{certificateId}", iot::delete_certificate},

    // IoT: certificates and authorities of others
    {iot, "RegisterCertificate", "POST", "/certificate/register", iot::register_certificate},
    {iot, "GetRegistrationCode", "GET", "/registrationcode", iot::get_registration_code},
    {iot, "DeleteRegistrationCode", "DELETE", "/registrationcode", iot::delete_registration_code},
    {iot, "RegisterCACertificate", "POST", "/cacertificate", iot::register_ca_certificate},
    {iot, "DescribeCACertificate", "GET", "/cacertificate/{caCertificateId}", iot::describe_ca_certificate},
    {iot, "ListCACertificates", "GET", "/cacertificates", iot::list_ca_certificates},
    {iot, "UpdateCACertificate", "PUT", "/cacertificate/{caCertificateId}", iot::update_ca_certificate},
    {iot, "DeleteCACertificate", "DELETE", "/cacertificate/{caCertificateId}", iot::delete_ca_certificate},
    {iot, "ListCertificatesByCA", "GET", "/certificates-by-ca/{caCertificateId}", iot::list_certificates_by_ca},

    // IoT: policies
    {iot, "CreatePolicy", "POST", "/policies/{policyName}", iot::create_policy},
    {iot, "GetPolicy", "GET", "/policies/{policyName}", iot::get_policy},
    {iot, "DeletePolicy", "DELETE", "/policies/{policyName}", iot::delete_policy},
    {iot, "ListPolicies", "GET", "/policies", iot::list_policies},
    {iot, "CreatePolicyVersion", "POST", "/policies/{policyName}/version", iot::create_policy_version},
    {iot, "ListPolicyVersions", "GET", "/policies/{policyName}/version", iot::list_policy_versions},
    {iot, "GetPolicyVersion", "GET", "/policies/{policyName}/version/{policyVersionId}", iot::get_policy_version},
    {iot, "DeletePolicyVersion", "DELETE", "/policies/{policyName}/version/{policyVersionId}",
     iot::delete_policy_version},
    {iot, "SetDefaultPolicyVersion", "PATCH", "/policies/{policyName}/version/{policyVersionId}",
     iot::set_default_policy_version},
    {iot, "AttachPolicy", "PUT", "/target-policies/{policyName}", iot::attach_policy},
    {iot, "DetachPolicy", "POST", "/target-policies/{policyName}", iot::detach_policy},
    {iot, "ListAttachedPolicies", "POST", "/attached-policies/{target}", iot::list_attached_policies},
    {iot, "ListTargetsForPolicy", "POST", "/policy-targets/{policyName}", iot::list_targets_for_policy},
    {iot, "AttachPrincipalPolicy", "PUT", "/principal-policies/{policyName}", iot::attach_principal_policy},
    {iot, "DetachPrincipalPolicy", "DELETE", "/principal-policies/{policyName}", iot::detach_principal_policy},
    {iot, "ListPrincipalPolicies", "GET", "/principal-policies", iot::list_principal_policies},
    {iot, "ListPolicyPrincipals", "GET", "/policy-principals", iot::list_policy_principals},
    {iot, "TestAuthorization", "POST", "/test-authorization", iot::test_authorization},
    {iot, "GetEffectivePolicies", "POST", "/effective-policies", iot::get_effective_policies},

    // IoT: the rest
    {iot, "DescribeEndpoint", "GET", "/endpoint", iot::describe_endpoint},
    {iot, "CreateThingType", "POST", "/thing-types/{thingTypeName}", iot::create_thing_type},
    {iot, "DescribeThingType", "GET", "/thing-types/{thingTypeName}", iot::describe_thing_type},
    {iot, "DeprecateThingType", "POST", "/thing-types/{thingTypeName}/deprecate", iot::deprecate_thing_type},
    {iot, "DeleteThingType", "DELETE", "/thing-types/{thingTypeName}", iot::delete_thing_type},
    {iot, "ListThingTypes", "GET", "/thing-types", iot::list_thing_types},
    {iot, "CreateRoleAlias", "POST", "/role-aliases/{roleAlias}", iot::create_role_alias},
    {iot, "DescribeRoleAlias", "GET", "/role-aliases/{roleAlias}", iot::describe_role_alias},
    {iot, "UpdateRoleAlias", "PUT", "/role-aliases/{roleAlias}", iot::update_role_alias},
    {iot, "DeleteRoleAlias", "DELETE", "/role-aliases/{roleAlias}", iot::delete_role_alias},
    {iot, "ListRoleAliases", "GET", "/role-aliases", iot::list_role_aliases},
    {iot, "TagResource", "POST", "/tags", iot::tag_resource},
    {iot, "UntagResource", "POST", "/untag", iot::untag_resource},
    {iot, "ListTagsForResource", "GET", "/tags", iot::list_tags_for_resource},

    // IoT data plane
    {iot_data, "Publish", "POST", "/topics/{topic}", iot::publish, BodyKind::raw},
    {iot_data, "Publish", "POST", "/topics", iot::publish, BodyKind::raw},
    {iot_data, "GetThingShadow", "GET", "/things/{thingName}/shadow", iot::get_thing_shadow, BodyKind::raw},
    {iot_data, "UpdateThingShadow", "POST", "/things/{thingName}/shadow", iot::update_thing_shadow, BodyKind::raw},
    {iot_data, "DeleteThingShadow", "DELETE", "/things/{thingName}/shadow", iot::delete_thing_shadow, BodyKind::raw},
    {iot_data, "ListNamedShadowsForThing", "GET", "/api/things/shadow/ListNamedShadowsForThing/{thingName}",
     iot::list_named_shadows_for_thing, BodyKind::raw},
    {iot_data, "GetRetainedMessage", "GET", "/retainedMessage/{topic}", iot::get_retained_message, BodyKind::raw},
    {iot_data, "ListRetainedMessages", "GET", "/retainedMessage", iot::list_retained_messages, BodyKind::raw},
    {iot_data, "DeleteConnection", "DELETE", "/connections/{clientId}", nullptr, BodyKind::raw},

    // STS
    {sts, "GetCallerIdentity", "POST", "", sts::get_caller_identity, BodyKind::raw},
    {sts, "AssumeRole", "POST", "", sts::assume_role, BodyKind::raw},
    {sts, "GetSessionToken", "POST", "", sts::get_session_token, BodyKind::raw},
    {sts, "GetAccessKeyInfo", "POST", "", sts::get_access_key_info, BodyKind::raw},
    {sts, "AssumeRoleWithWebIdentity", "POST", "", nullptr, BodyKind::raw},
    {sts, "AssumeRoleWithSAML", "POST", "", nullptr, BodyKind::raw},

    // IAM
    {iam, "CreateRole", "POST", "", iam::create_role, BodyKind::raw},
    {iam, "GetRole", "POST", "", iam::get_role, BodyKind::raw},
    {iam, "ListRoles", "POST", "", iam::list_roles, BodyKind::raw},
    {iam, "UpdateRole", "POST", "", iam::update_role, BodyKind::raw},
    {iam, "UpdateAssumeRolePolicy", "POST", "", iam::update_assume_role_policy, BodyKind::raw},
    {iam, "DeleteRole", "POST", "", iam::delete_role, BodyKind::raw},
    {iam, "TagRole", "POST", "", iam::tag_role, BodyKind::raw},
    {iam, "UntagRole", "POST", "", iam::untag_role, BodyKind::raw},
    {iam, "ListRoleTags", "POST", "", iam::list_role_tags, BodyKind::raw},
    {iam, "ListInstanceProfilesForRole", "POST", "", iam::list_instance_profiles_for_role, BodyKind::raw},
    {iam, "PutRolePolicy", "POST", "", iam::put_role_policy, BodyKind::raw},
    {iam, "GetRolePolicy", "POST", "", iam::get_role_policy, BodyKind::raw},
    {iam, "DeleteRolePolicy", "POST", "", iam::delete_role_policy, BodyKind::raw},
    {iam, "ListRolePolicies", "POST", "", iam::list_role_policies, BodyKind::raw},
    {iam, "AttachRolePolicy", "POST", "", iam::attach_role_policy, BodyKind::raw},
    {iam, "DetachRolePolicy", "POST", "", iam::detach_role_policy, BodyKind::raw},
    {iam, "ListAttachedRolePolicies", "POST", "", iam::list_attached_role_policies, BodyKind::raw},
    {iam, "CreatePolicy", "POST", "", iam::create_policy, BodyKind::raw},
    {iam, "GetPolicy", "POST", "", iam::get_policy, BodyKind::raw},
    {iam, "ListPolicies", "POST", "", iam::list_policies, BodyKind::raw},
    {iam, "DeletePolicy", "POST", "", iam::delete_policy, BodyKind::raw},
    {iam, "GetPolicyVersion", "POST", "", iam::get_policy_version, BodyKind::raw},
    {iam, "ListPolicyVersions", "POST", "", iam::list_policy_versions, BodyKind::raw},

    // Keys of the API: our own
    {keys, "CreateApiKey", "POST", "/_fescue/keys", create_api_key},
    {keys, "ListApiKeys", "GET", "/_fescue/keys", list_api_keys},
    {keys, "RevokeApiKey", "DELETE", "/_fescue/keys/{id}", revoke_api_key},

    // Secrets Manager
    {secrets_manager, "CreateSecret", "POST", "", nullptr},
    {secrets_manager, "GetSecretValue", "POST", "", nullptr},
    {secrets_manager, "PutSecretValue", "POST", "", nullptr},
    {secrets_manager, "UpdateSecret", "POST", "", nullptr},
    {secrets_manager, "DescribeSecret", "POST", "", nullptr},
    {secrets_manager, "ListSecrets", "POST", "", nullptr},
    {secrets_manager, "ListSecretVersionIds", "POST", "", nullptr},
    {secrets_manager, "DeleteSecret", "POST", "", nullptr},
    {secrets_manager, "RestoreSecret", "POST", "", nullptr},
    {secrets_manager, "UpdateSecretVersionStage", "POST", "", nullptr},
    {secrets_manager, "TagResource", "POST", "", nullptr},
    {secrets_manager, "UntagResource", "POST", "", nullptr},
    {secrets_manager, "GetRandomPassword", "POST", "", nullptr},
    {secrets_manager, "BatchGetSecretValue", "POST", "", nullptr},
    {secrets_manager, "RotateSecret", "POST", "", nullptr},
    {secrets_manager, "CancelRotateSecret", "POST", "", nullptr},
    {secrets_manager, "ReplicateSecretToRegions", "POST", "", nullptr},
    {secrets_manager, "RemoveRegionsFromReplication", "POST", "", nullptr},
    {secrets_manager, "StopReplicationToReplica", "POST", "", nullptr},
    {secrets_manager, "GetResourcePolicy", "POST", "", nullptr},
    {secrets_manager, "PutResourcePolicy", "POST", "", nullptr},
    {secrets_manager, "DeleteResourcePolicy", "POST", "", nullptr},
    {secrets_manager, "ValidateResourcePolicy", "POST", "", nullptr},

    // CloudWatch Logs
    {logs, "DescribeLogGroups", "POST", "", nullptr},
    {logs, "DescribeLogStreams", "POST", "", nullptr},
    {logs, "GetLogEvents", "POST", "", nullptr},
    {logs, "FilterLogEvents", "POST", "", nullptr},
    {logs, "CreateLogGroup", "POST", "", nullptr},
    {logs, "DeleteLogGroup", "POST", "", nullptr},
    {logs, "CreateLogStream", "POST", "", nullptr},
    {logs, "DeleteLogStream", "POST", "", nullptr},
    {logs, "PutLogEvents", "POST", "", nullptr},
    {logs, "PutRetentionPolicy", "POST", "", nullptr},
    {logs, "DeleteRetentionPolicy", "POST", "", nullptr},
};

#undef DEFINITION_FAMILY

void add_unbuilt(std::vector<Operation>& out, Service service, std::span<const KnownOperation> known) {
  for (const KnownOperation& row : known) {
    const auto is_it = [&](const Operation& built) { return built.service == service && built.name == row.name; };
    if (std::ranges::any_of(kOperations, is_it)) continue;
    out.push_back({service, row.name, row.method, row.pattern, nullptr, BodyKind::raw});
  }
}

std::vector<Operation> all_operations() {
  std::vector<Operation> out(std::begin(kOperations), std::end(kOperations));
  add_unbuilt(out, iot, known_iot_operations());
  add_unbuilt(out, lambda, known_lambda_operations());
  return out;
}

}  // namespace

std::span<const Operation> operations() {
  static const std::vector<Operation> all = all_operations();
  return all;
}

}  // namespace fescue::cloud
