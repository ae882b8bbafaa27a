#include "control/store/schema.h"

#include "control/store/access_key_store.h"
#include "control/store/answer_store.h"
#include "control/store/certificate_store.h"
#include "control/store/definition_store.h"
#include "control/store/deployment_store.h"
#include "control/store/function_store.h"
#include "control/store/group_store.h"
#include "control/store/policy_store.h"
#include "control/store/retained_store.h"
#include "control/store/runtime_configuration_store.h"
#include "control/store/shadow_store.h"
#include "control/store/thing_store.h"

namespace fescue::control {

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
  };
}

}  // namespace fescue::control
