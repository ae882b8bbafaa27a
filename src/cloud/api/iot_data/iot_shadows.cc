// Shadows over HTTP (docs/compatibility/api-iot.md#data). What is said here is told to MQTT clients too, on the
// shadow's topics, as AWS IoT does; requests by MQTT are not served yet.
#include <algorithm>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "mqtt_server/mqtt_server.h"
#include "shadow/kept_shadow.h"

namespace fescue::cloud::iot {

namespace {

constexpr PageRule kNamePages{.size = "pageSize", .token = "nextToken", .default_size = 25, .max_size = 100};

bool is_shadow_name_character(char c) { return is_alphanumeric(c) || c == '$' || c == ':' || c == '_' || c == '-'; }

ApiValue<ShadowName> shadow_name(const ApiRequest& request) {
  FESCUE_TRY(thing, parse_thing_name(request.labels[0]));
  ShadowName shadow{std::move(thing), request.query_or("name", "")};
  const bool is_given = std::ranges::any_of(request.query, [](const auto& pair) { return pair.first == "name"; });
  const TextRule rule{.min = 1, .max = 64, .allowed = is_shadow_name_character, .pattern = "[$a-zA-Z0-9:_-]+"};
  if (is_given) FESCUE_CHECK(check_text(Service::iot_data, "shadowName", shadow.name, rule));
  return shadow;
}

HttpResponse document_response(std::string text) { return make_response(200, media_type::kJson, std::move(text)); }

std::int64_t seconds(WallTime time) { return epoch_milliseconds(time) / 1000; }

/// Topics of long thing names can be longer than a topic may be; then there is nobody who could have subscribed.
void tell(ControlPlane& plane, const ShadowName& shadow, ShadowNotice notice) {
  const auto topic = Topic::parse(shadow_topic(shadow, notice.topic));
  if (topic) plane.broker.publish(*topic, Payload(std::move(notice.text)), mqtt::QoS::at_least_once);
}

ApiResult serve(ControlPlane& plane, const ApiRequest& request, ShadowOperation operation) {
  FESCUE_TRY(shadow, shadow_name(request));
  ShadowStore store(plane.database);
  FESCUE_TRY(outcome, serve_kept_shadow(store, {shadow, operation, request.http.body}, seconds(plane.now())));
  for (ShadowNotice& notice : outcome.notices) tell(plane, shadow, std::move(notice));
  return document_response(std::move(outcome.answer));
}

}  // namespace

Task<ApiResult> get_thing_shadow(ControlPlane& plane, ApiRequest request) {
  co_return serve(plane, request, ShadowOperation::get);
}

Task<ApiResult> update_thing_shadow(ControlPlane& plane, ApiRequest request) {
  if (!is_valid_utf8(request.http.body)) {  // docs/compatibility/shadows.md#messages
    co_return ApiError(415, "UnsupportedDocumentEncodingException",
                       "Unsupported documented encoding; supported encoding is UTF-8");
  }
  co_return serve(plane, request, ShadowOperation::update);
}

Task<ApiResult> delete_thing_shadow(ControlPlane& plane, ApiRequest request) {
  co_return serve(plane, request, ShadowOperation::remove);
}

Task<ApiResult> list_named_shadows_for_thing(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(thing, parse_thing_name(request.labels[0]));
  FESCUE_CO_TRY(page, query_page(request, kNamePages));
  FESCUE_CO_TRY(names, ShadowStore(plane.database).names(thing, page.after, page.limit + 1));
  const auto next = cut_page(request, page, names, [](const std::string& name) { return name; });
  json::array results;
  for (const std::string& name : names) results.emplace_back(name);
  json::object body{{"results", std::move(results)}, {"timestamp", seconds(plane.now())}};
  if (next) body["nextToken"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
