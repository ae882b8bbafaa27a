// The list of migrations, in the order in which they were released.
#include "cloud/store/schema.h"

#include "cloud/store/access_key_store.h"
#include "cloud/store/answer_store.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/deployment_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/group_store.h"
#include "cloud/store/iam/iam_store.h"
#include "cloud/store/iot/authority_store.h"
#include "cloud/store/iot/iot_tag_store.h"
#include "cloud/store/iot/role_alias_store.h"
#include "cloud/store/iot/thing_type_store.h"
#include "cloud/store/policy_store.h"
#include "cloud/store/retained_store.h"
#include "cloud/store/runtime_configuration_store.h"
#include "cloud/store/thing_store.h"
#include "cloud/store/upgrade_store.h"
#include "shadow/shadow_store.h"

namespace fescue::cloud {

std::vector<std::string_view> migrations() {
  return {
      // One step per aggregate, in the order in which they came to be.
      kAccessKeySchema,
      kAnswerSchema,
      kFunctionSchema,
      kDefinitionSchema,
      kGroupSchema,
      kDeploymentSchema,
      kCertificateSchema,
      kThingSchema,
      kPolicySchema,
      kDeployedFunctionSchema,
      kRuntimeConfigurationSchema,
      kShadowSchema,
      kRetainedSchema,
      kUpgradeSchema,
      kAccessKeyRoleSchema,
      kThingOfTypeSchema,
      kThingTypeSchema,
      kRoleAliasSchema,
      kIotTagSchema,
      kIamSchema,
      kRevokedKeySchema,
      kCertificateOfAuthoritySchema,
      kAuthoritySchema,
      kRetainedPublisherSchema,
  };
}

}  // namespace fescue::cloud
