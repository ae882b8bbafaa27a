// A secret is shown once, by the operation that makes it.
#include "cloud/api/keys/api_keys.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text/ascii.h"
#include "cloud/api/framework/members.h"
#include "cloud/control_plane.h"
#include "cloud/store/access_key_store.h"

namespace fescue::cloud {

namespace {

constexpr TextRule kName{
    .min = 1,
    .max = 64,
    .allowed =
        [](char c) { return is_alphanumeric(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos; },
    .pattern = "[\\w+=,.@-]+"};

json::object key_json(const ApiAccessKey& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"role", name_of(key.role)},
          {"user_arn", key.user_arn},
          {"created", iso8601_utc(key.created)}};
}

void log_change(std::string_view what, const ApiAccessKey& key, const ApiRequest& request) {
  log::info(what, {{"accessKey", key.id},
                   {"name", key.name},
                   {"role", name_of(key.role)},
                   {"by", request.caller.id},
                   {"requestId", request.request_id}});
}

}  // namespace

Task<ApiResult> create_api_key(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(name, body.required_string("name", kName));
  FESCUE_CO_TRY(role_name, body.required_string("role"));
  const auto role = parse_key_role(role_name);
  if (!role) co_return body.refuse("role", "must be admin, deployer or read-only.");
  if (name == kOwnerKeyName) co_return body.refuse("name", "local is the owner's own key.");
  FESCUE_CO_TRY(key, AccessKeyStore(plane.database).create(plane.config.account, name, *role, plane.now()));
  log_change("Created an access key.", key, request);
  json::object answer = key_json(key);
  answer["secret"] = key.secret;
  co_return json_response(201, answer);
}

Task<ApiResult> list_api_keys(ControlPlane& plane, ApiRequest) {
  FESCUE_CO_TRY(keys, AccessKeyStore(plane.database).list());
  json::array list;
  for (const ApiAccessKey& key : keys) list.emplace_back(key_json(key));
  co_return json_response(200, json::object{{"keys", std::move(list)}});
}

Task<ApiResult> revoke_api_key(ControlPlane& plane, ApiRequest request) {
  AccessKeyStore store(plane.database);
  FESCUE_CO_TRY(key, store.find(request.labels[0]));
  if (!key) co_return Error(Code::not_found, fmt::format("There is no access key {}.", request.labels[0]));
  FESCUE_CO_CHECK(store.revoke(key->id));
  log_change("Revoked an access key.", *key, request);
  co_return json_response(200, key_json(*key));
}

}  // namespace fescue::cloud
