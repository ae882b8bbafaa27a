// Temporary keys, of a role by its name or of the caller.
#include <fmt/format.h>

#include "base/log.h"
#include "base/text/ascii.h"
#include "cloud/api/framework/forms.h"
#include "cloud/api/framework/whereabouts.h"
#include "cloud/api/sts/sts_operations.h"
#include "cloud/control_plane.h"
#include "cloud/store/access_key_store.h"
#include "cloud/store/iam/iam_store.h"

namespace fescue::cloud::sts {

namespace {

constexpr std::int64_t kMinSeconds = 900, kMaxSeconds = 129'600;

constexpr TextRule kSessionName{
    .min = 2,
    .max = 64,
    .allowed =
        [](char c) { return is_alphanumeric(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos; },
    .pattern = "[\\w+=,.@-]*"};

/// The role of an ARN of this account. AWS does not tell one that is not there from one that does not trust the caller.
ApiValue<IamRole> role_of(ControlPlane& plane, const ApiRequest& request, const std::string& arn) {
  const std::string ours = fmt::format("arn:aws:iam::{}:role/", plane.config.account.view());
  if (arn.starts_with(ours)) {
    FESCUE_TRY(role, IamStore(plane.database).find_role(std::string_view(arn).substr(arn.rfind('/') + 1)));
    if (role && ours + role->path.substr(1) + role->name == arn) return std::move(*role);
  }
  return Error(Code::permission_denied,
               fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {} because there is no "
                           "such role; make it with IAM's CreateRole ({})",
                           request.caller.user_arn, arn, where_this_is(plane.config)));
}

json::object credentials_json(const ApiAccessKey& session) {
  return {{"AccessKeyId", session.id},
          {"SecretAccessKey", session.secret},
          {"SessionToken", session.session_token},
          {"Expiration", iso8601_utc(session.expires.value_or(WallTime()))}};
}

ApiValue<ApiAccessKey> begin(ControlPlane& plane, const ApiRequest& request, const AccessKeyStore::SessionUser& user,
                             std::int64_t seconds) {
  const WallTime now = plane.now();
  FESCUE_TRY(
      session,
      AccessKeyStore(plane.database).begin_session(request.caller, user, now + std::chrono::seconds(seconds), now));
  log::info("Began a session.", {{"accessKey", session.id},
                                 {"user", session.user_arn},
                                 {"by", request.caller.id},
                                 {"seconds", seconds},
                                 {"requestId", request.request_id}});
  return session;
}

}  // namespace

Task<ApiResult> assume_role(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(arn, required_field(request, "RoleArn", {.min = 20, .max = 2048}));
  FESCUE_CO_TRY(name, required_field(request, "RoleSessionName", kSessionName));
  FESCUE_CO_TRY(role, role_of(plane, request, arn));
  FESCUE_CO_TRY(seconds, query_integer(request, "DurationSeconds", kMinSeconds, role.max_session_seconds));
  const std::string id = role.id + ":" + name;
  const std::string user_arn =
      fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", plane.config.account.view(), role.name, name);
  FESCUE_CO_TRY(session, begin(plane, request, {id, user_arn}, seconds.value_or(3600)));
  co_return query_response(request, {{"Credentials", credentials_json(session)},
                                     {"AssumedRoleUser", {{"AssumedRoleId", id}, {"Arn", user_arn}}}});
}

Task<ApiResult> get_session_token(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(seconds, query_integer(request, "DurationSeconds", kMinSeconds, kMaxSeconds));
  if (request.caller.expires)
    co_return Error(Code::permission_denied, "Cannot call GetSessionToken with session credentials");
  FESCUE_CO_TRY(session,
                begin(plane, request, {request.caller.user_id, request.caller.user_arn}, seconds.value_or(43'200)));
  co_return query_response(request, {{"Credentials", credentials_json(session)}});
}

}  // namespace fescue::cloud::sts
