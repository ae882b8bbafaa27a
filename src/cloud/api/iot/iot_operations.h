// The operations of AWS IoT's registry and data plane (docs/compatibility/api-iot.md#iot-operations), by the file that
// has them.
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::iot {

// iot_things.cc
OperationBody create_thing, describe_thing, update_thing, delete_thing, list_things;
// iot_thing_principals.cc
OperationBody attach_thing_principal, detach_thing_principal, list_thing_principals, list_principal_things;
// iot_certificates.cc
OperationBody create_keys_and_certificate, create_certificate_from_csr, register_certificate_without_ca;
OperationBody describe_certificate, list_certificates, update_certificate, delete_certificate;
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
// iot_endpoint.cc
OperationBody describe_endpoint;
// iot_data.cc
OperationBody publish, get_retained_message, list_retained_messages;
// iot_shadows.cc
OperationBody get_thing_shadow, update_thing_shadow, delete_thing_shadow, list_named_shadows_for_thing;

}  // namespace fescue::cloud::iot
