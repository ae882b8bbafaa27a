// Role aliases (docs/compatibility/api-iot.md#role-aliases): kept and given back, since no credentials are given out
// here.
#include <fmt/format.h>

#include "base/text/ascii.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_tags.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/iot/role_alias_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr TextRule kRoleArn{.min = 20, .max = 2048};
constexpr std::int64_t kMinSeconds = 900, kMaxSeconds = 43'200;

json::object alias_json(const ControlPlane& plane, const RoleAlias& alias) {
  return {{"roleAlias", alias.name},
          {"roleAliasArn", role_alias_arn(plane, alias.name)},
          {"roleArn", alias.role_arn},
          {"owner", plane.config.account.view()},
          {"credentialDurationSeconds", alias.duration_seconds},
          {"creationDate", epoch_seconds(alias.created)},
          {"lastModifiedDate", epoch_seconds(alias.modified)}};
}

HttpResponse name_and_arn(const ControlPlane& plane, const RoleAlias& alias) {
  return json_response(200,
                       json::object{{"roleAlias", alias.name}, {"roleAliasArn", role_alias_arn(plane, alias.name)}});
}

}  // namespace

Task<ApiResult> create_role_alias(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(role_arn, body.required_string("roleArn", kRoleArn));
  FESCUE_CO_TRY(duration, body.optional_integer("credentialDurationSeconds", kMinSeconds, kMaxSeconds));
  FESCUE_CO_TRY(tags, read_tag_list(body));
  const std::string& name = request.labels[0];
  const auto existing = find_role_alias(plane, name);
  if (existing) {
    co_return already_exists(fmt::format("Role alias {} already exists.", name), role_alias_arn(plane, name), name);
  }
  if (existing.error().name != "ResourceNotFoundException") co_return existing.error();
  const WallTime now = plane.now();
  const RoleAlias alias{
      .name = name, .role_arn = role_arn, .duration_seconds = duration.value_or(3600), .created = now, .modified = now};
  FESCUE_CO_CHECK(RoleAliasStore(plane.database).insert(alias));
  FESCUE_CO_CHECK(keep_tags(plane, role_alias_arn(plane, name), tags));
  co_return name_and_arn(plane, alias);
}

Task<ApiResult> describe_role_alias(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(alias, find_role_alias(plane, request.labels[0]));
  co_return json_response(200, json::object{{"roleAliasDescription", alias_json(plane, alias)}});
}

Task<ApiResult> update_role_alias(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(alias, find_role_alias(plane, request.labels[0]));
  FESCUE_CO_TRY(role_arn, body.optional_string("roleArn", kRoleArn));
  FESCUE_CO_TRY(duration, body.optional_integer("credentialDurationSeconds", kMinSeconds, kMaxSeconds));
  if (role_arn) alias.role_arn = std::move(*role_arn);
  alias.duration_seconds = duration.value_or(alias.duration_seconds);
  alias.modified = plane.now();
  FESCUE_CO_CHECK(RoleAliasStore(plane.database).update(alias));
  co_return name_and_arn(plane, alias);
}

Task<ApiResult> delete_role_alias(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(alias, find_role_alias(plane, request.labels[0]));
  FESCUE_CO_CHECK(RoleAliasStore(plane.database).remove(alias.name));
  FESCUE_CO_CHECK(forget_tags(plane, role_alias_arn(plane, alias.name)));
  co_return json_response(200, json::object());
}

Task<ApiResult> list_role_aliases(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kMarkerPages));
  FESCUE_CO_TRY(names, RoleAliasStore(plane.database).names(page.after, page.limit + 1));
  const auto next = cut_page(request, page, names, [](const std::string& name) { return name; });
  json::object body{{"roleAliases", json::array(names.begin(), names.end())}};
  if (next) body["nextMarker"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
