// Thing types (docs/compatibility/api-iot.md#thing-types).
#include <fmt/format.h>

#include "base/random.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_tags.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/iot/thing_type_store.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud::iot {

namespace {

constexpr std::size_t kMaxSearchable = 3;
constexpr std::size_t kMaxDescription = 2028;

ApiValue<ThingType> read_new_type(const ApiRequest& request) {
  ThingType type;
  type.name = request.labels[0];
  FESCUE_TRY(properties, Members(request).optional_object("thingTypeProperties"));
  if (!properties) return type;
  FESCUE_TRY(description, properties->optional_string("thingTypeDescription", {.max = kMaxDescription}));
  FESCUE_TRY(searchable, properties->optional_strings("searchableAttributes"));
  if (searchable.size() > kMaxSearchable) {
    return properties->refuse("searchableAttributes", fmt::format("there are more than {}.", kMaxSearchable));
  }
  type.description = description.value_or("");
  type.searchable = std::move(searchable);
  return type;
}

json::object type_json(const ControlPlane& plane, const ThingType& type) {
  json::object properties{{"searchableAttributes", json::array(type.searchable.begin(), type.searchable.end())}};
  if (!type.description.empty()) properties["thingTypeDescription"] = type.description;
  json::object metadata{{"deprecated", type.deprecated.has_value()}, {"creationDate", epoch_seconds(type.created)}};
  if (type.deprecated) metadata["deprecationDate"] = epoch_seconds(*type.deprecated);
  return {{"thingTypeName", type.name},
          {"thingTypeArn", thing_type_arn(plane, type.name)},
          {"thingTypeProperties", std::move(properties)},
          {"thingTypeMetadata", std::move(metadata)}};
}

HttpResponse created(const ControlPlane& plane, const ThingType& type) {
  return json_response(200, json::object{{"thingTypeName", type.name},
                                         {"thingTypeArn", thing_type_arn(plane, type.name)},
                                         {"thingTypeId", type.id}});
}

}  // namespace

Task<ApiResult> create_thing_type(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(type, read_new_type(request));
  FESCUE_CO_TRY(tags, read_tag_list(Members(request)));
  const auto existing = find_thing_type(plane, type.name);
  // As with things: asking again for what is there already is no conflict.
  const bool is_same = existing && existing->description == type.description && existing->searchable == type.searchable;
  if (is_same) co_return created(plane, *existing);
  if (existing) {
    co_return already_exists(fmt::format("Thing type {} already exists with other properties.", type.name),
                             thing_type_arn(plane, type.name), existing->id);
  }
  if (existing.error().name != "ResourceNotFoundException") co_return existing.error();
  type.id = random_uuid();
  type.created = plane.now();
  FESCUE_CO_CHECK(ThingTypeStore(plane.database).insert(type));
  FESCUE_CO_CHECK(keep_tags(plane, thing_type_arn(plane, type.name), tags));
  co_return created(plane, type);
}

Task<ApiResult> describe_thing_type(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(type, find_thing_type(plane, request.labels[0]));
  json::object body = type_json(plane, type);
  body["thingTypeId"] = type.id;
  co_return json_response(200, body);
}

Task<ApiResult> deprecate_thing_type(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(type, find_thing_type(plane, request.labels[0]));
  FESCUE_CO_TRY(undo, Members(request).optional_bool("undoDeprecate"));
  const std::optional<WallTime> since = undo.value_or(false) ? std::nullopt : std::optional(plane.now());
  FESCUE_CO_CHECK(ThingTypeStore(plane.database).set_deprecated(type.name, since));
  co_return json_response(200, json::object());
}

Task<ApiResult> delete_thing_type(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(type, find_thing_type(plane, request.labels[0]));
  if (!type.deprecated) {
    co_return Error(Code::invalid_argument, fmt::format("Deprecate thing type {} before it is deleted.", type.name));
  }
  ThingFilter of_type;
  of_type.type = type.name;
  FESCUE_CO_TRY(things, ThingStore(plane.database).list(of_type, "", 1));
  if (!things.empty()) {
    co_return Error(Code::invalid_argument, fmt::format("Thing {} has the type {}.", things[0].name.view(), type.name));
  }
  FESCUE_CO_CHECK(ThingTypeStore(plane.database).remove(type.name));
  FESCUE_CO_CHECK(forget_tags(plane, thing_type_arn(plane, type.name)));
  co_return json_response(200, json::object());
}

Task<ApiResult> list_thing_types(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kResultPages));
  const std::string name = request.query_or("thingTypeName", "");
  ThingTypeStore store(plane.database);
  std::vector<ThingType> types;
  if (name.empty()) {
    FESCUE_CO_TRY(found, store.list(page.after, page.limit + 1));
    types = std::move(found);
  } else {
    FESCUE_CO_TRY(found, store.find(name));
    if (found) types.push_back(std::move(*found));
  }
  const auto next = cut_page(request, page, types, [](const ThingType& type) { return type.name; });
  json::array list;
  for (const ThingType& type : types) list.emplace_back(type_json(plane, type));
  json::object body{{"thingTypes", std::move(list)}};
  if (next) body["nextToken"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
