// Shadows over HTTP (docs/compatibility/api-iot.md#data). What is said here is told to MQTT clients too, on the
// shadow's topics, as AWS IoT does; requests by MQTT are not served yet.
#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/shadow_store.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud::iot {

namespace {

constexpr PageRule kNamePages{.size = "pageSize", .token = "nextToken", .default_size = 25, .max_size = 100};

bool is_name_character(char c) { return is_alphanumeric(c) || c == '$' || c == ':' || c == '_' || c == '-'; }

/// Which shadow a request is about; an empty name is the classic one.
struct ShadowName {
  ThingName thing;
  std::string name;

  std::string topic(std::string_view what) const {
    const std::string middle = name.empty() ? "" : fmt::format("name/{}/", name);
    return fmt::format("$aws/things/{}/shadow/{}{}", thing.view(), middle, what);
  }
  ApiError missing() const {
    return {404, "ResourceNotFoundException",
            fmt::format("No shadow exists with name: '{}'", name.empty() ? thing.str() : thing.str() + "~" + name)};
  }
};

ApiValue<ShadowName> shadow_name(const ApiRequest& request) {
  FESCUE_TRY(thing, parse_thing_name(request.labels[0]));
  ShadowName shadow{thing, request.query_or("name", "")};
  const bool is_given = std::ranges::any_of(request.query, [](const auto& pair) { return pair.first == "name"; });
  const TextRule rule{.min = 1, .max = 64, .allowed = is_name_character, .pattern = "[$a-zA-Z0-9:_-]+"};
  if (is_given) FESCUE_CHECK(check_text(Service::iot_data, "shadowName", shadow.name, rule));
  return shadow;
}

HttpResponse document_response(std::string text) { return make_response(200, media_type::kJson, std::move(text)); }

/// Topics of long thing names can be longer than a topic may be; then there is nobody who could have subscribed.
void tell(ControlPlane& plane, const ShadowName& shadow, std::string_view what, std::string text) {
  const auto topic = Topic::parse(shadow.topic(what));
  if (topic) plane.broker.publish(*topic, Payload(std::move(text)), mqtt::QoS::at_least_once);
}

std::int64_t seconds(WallTime time) { return epoch_milliseconds(time) / 1000; }

}  // namespace

Task<ApiResult> get_thing_shadow(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, shadow_name(request));
  FESCUE_CO_TRY(stored, ShadowStore(plane.database).find(name.thing, name.name));
  if (!stored.exists) co_return name.missing();
  co_return document_response(get_json(stored.document, seconds(plane.now())));
}

Task<ApiResult> update_thing_shadow(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, shadow_name(request));
  FESCUE_CO_TRY(update, parse_shadow_update(request.http.body));
  ShadowStore store(plane.database);
  FESCUE_CO_TRY(stored, store.find(name.thing, name.name));
  FESCUE_CO_TRY(next, updated_shadow(stored.document, update, seconds(plane.now())));
  FESCUE_CO_CHECK(store.put(name.thing, name.name, next));
  const std::string accepted = accepted_json(update, next);
  tell(plane, name, "update/accepted", accepted);
  tell(plane, name, "update/documents", documents_json(update, stored.document, next));
  if (!shadow_delta(next).empty()) tell(plane, name, "update/delta", delta_json(update, next));
  co_return document_response(accepted);
}

Task<ApiResult> delete_thing_shadow(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, shadow_name(request));
  ShadowStore store(plane.database);
  FESCUE_CO_TRY(stored, store.find(name.thing, name.name));
  if (!stored.exists) co_return name.missing();
  FESCUE_CO_CHECK(store.remove(name.thing, name.name));
  const std::string answer =
      json::serialize(json::object{{"version", stored.document.version}, {"timestamp", seconds(plane.now())}});
  tell(plane, name, "delete/accepted", answer);
  co_return document_response(answer);
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
