// The operations of AWS IoT's registry and data plane (docs/compatibility/api-iot.md#iot-operations), by the file that
// has them.
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::iot {

// iot_things.cc
OperationBody create_thing, describe_thing, update_thing, delete_thing, list_things;
// iot_thing_principals.cc
OperationBody attach_thing_principal, detach_thing_principal, list_thing_principals, list_principal_things;
OperationBody list_thing_principals_v2;
// iot_thing_types.cc
OperationBody create_thing_type, describe_thing_type, deprecate_thing_type, delete_thing_type, list_thing_types;
// iot_certificates.cc
OperationBody create_keys_and_certificate, create_certificate_from_csr;
OperationBody describe_certificate, list_certificates, list_certificates_by_ca, update_certificate, delete_certificate;
// iot_registration.cc
OperationBody register_certificate, register_certificate_without_ca;
// iot_authority_registration.cc
OperationBody get_registration_code, delete_registration_code, register_ca_certificate;
// iot_authorities.cc
OperationBody describe_ca_certificate, list_ca_certificates, update_ca_certificate, delete_ca_certificate;
// iot_policies.cc
OperationBody create_policy, get_policy, delete_policy, list_policies;
// iot_policy_versions.cc
OperationBody create_policy_version, get_policy_version, list_policy_versions, delete_policy_version;
OperationBody set_default_policy_version;
// iot_policy_targets.cc
OperationBody attach_policy, detach_policy, list_attached_policies, list_targets_for_policy;
OperationBody attach_principal_policy, detach_principal_policy, list_principal_policies, list_policy_principals;
// iot_authorization.cc
OperationBody test_authorization, get_effective_policies;
// iot_role_aliases.cc
OperationBody create_role_alias, describe_role_alias, update_role_alias, delete_role_alias, list_role_aliases;
// iot_tags.cc
OperationBody tag_resource, untag_resource, list_tags_for_resource;
// iot_endpoint.cc
OperationBody describe_endpoint;
// iot_data.cc
OperationBody publish, get_retained_message, list_retained_messages;
// iot_shadows.cc
OperationBody get_thing_shadow, update_thing_shadow, delete_thing_shadow, list_named_shadows_for_thing;

}  // namespace fescue::cloud::iot
