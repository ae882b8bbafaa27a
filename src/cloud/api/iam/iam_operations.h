// The operations of IAM that scripts for Greengrass V1 call (docs/compatibility/api-iam.md#iam), by the file that has
// them. Roles and policies are kept and given back; what anybody may do follows from the roles of access keys.
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::iam {

// iam_roles.cc
OperationBody create_role, get_role, list_roles, update_role, update_assume_role_policy, delete_role;
OperationBody tag_role, untag_role, list_role_tags, list_instance_profiles_for_role;
// iam_role_policies.cc
OperationBody put_role_policy, get_role_policy, delete_role_policy, list_role_policies;
OperationBody attach_role_policy, detach_role_policy, list_attached_role_policies;
// iam_policies.cc
OperationBody create_policy, get_policy, list_policies, delete_policy, get_policy_version, list_policy_versions;

}  // namespace fescue::cloud::iam
