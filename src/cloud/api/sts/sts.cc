// GetCallerIdentity as XML (docs/compatibility/api.md#sts).
#include <fmt/format.h>

#include "cloud/api/sts/sts_operations.h"
#include "cloud/control_plane.h"

namespace fescue::cloud::sts {

Task<ApiResult> get_caller_identity(ControlPlane& plane, ApiRequest request) {
  std::string body = fmt::format(
      "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
      "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account></GetCallerIdentityResult>"
      "<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
      request.caller.user_arn, request.caller.user_id, plane.config.account.view(), request.request_id);
  co_return make_response(200, "text/xml", std::move(body));
}

}  // namespace fescue::cloud::sts
