// Who calls, and whose a key is.
#include "cloud/api/framework/forms.h"
#include "cloud/api/sts/sts_operations.h"
#include "cloud/control_plane.h"
#include "cloud/store/access_key_store.h"

namespace fescue::cloud::sts {

Task<ApiResult> get_caller_identity(ControlPlane& plane, ApiRequest request) {
  co_return query_response(
      request,
      {{"Arn", request.caller.user_arn}, {"UserId", request.caller.user_id}, {"Account", plane.config.account.view()}});
}

Task<ApiResult> get_access_key_info(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(id, required_field(request, "AccessKeyId", {.min = 16, .max = 128}));
  FESCUE_CO_TRY(key, AccessKeyStore(plane.database).find(id));
  if (!key) co_return Error(Code::invalid_argument, "There is no such access key.");
  co_return query_response(request, {{"Account", plane.config.account.view()}});
}

}  // namespace fescue::cloud::sts
