// Things (docs/compatibility/api-iot.md#things). Billing groups do not exist here, so a request that names one is
// answered that it was not found.
#include <limits>

#include <fmt/format.h>

#include "base/random.h"
#include "base/text/ascii.h"
#include "cloud/api/framework/members.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud::iot {

namespace {

using Attributes = std::map<std::string, std::string>;

constexpr std::size_t kMaxAttributes = 50;

bool is_name_character(char c) {
  return is_alphanumeric(c) || std::string_view("_.,@/:#-").find(c) != std::string_view::npos;
}

bool is_value_character(char c) { return is_name_character(c) || c == '=' || c == '[' || c == ']'; }

constexpr TextRule kAttributeName{
    .min = 1, .max = 128, .allowed = is_name_character, .pattern = "[a-zA-Z0-9_.,@/:#-]+"};
constexpr TextRule kAttributeValue{.max = 800, .allowed = is_value_character, .pattern = "[a-zA-Z0-9_.,@/:#=\\[\\]-]*"};

struct AttributePayload {
  Attributes attributes;
  bool merge = false;
};

ApiValue<std::optional<AttributePayload>> read_payload(const Members& body) {
  FESCUE_TRY(member, body.optional_object("attributePayload"));
  if (!member) return std::optional<AttributePayload>();
  AttributePayload payload;
  FESCUE_TRY(attributes, member->optional_string_map("attributes"));
  FESCUE_TRY(merge, member->optional_bool("merge"));
  for (const auto& [name, value] : attributes) {
    FESCUE_CHECK(check_text(Service::iot, "The name of an attribute", name, kAttributeName));
    FESCUE_CHECK(check_text(Service::iot, "The value of attribute " + name, value, kAttributeValue));
  }
  payload.attributes = std::move(attributes);
  payload.merge = merge.value_or(false);
  return std::optional(std::move(payload));
}

/// An empty value deletes its attribute.
ApiValue<Attributes> with_attributes(Attributes current, const AttributePayload& payload) {
  if (!payload.merge) current.clear();
  for (const auto& [name, value] : payload.attributes) {
    if (value.empty()) {
      current.erase(name);
    } else {
      current[name] = value;
    }
  }
  if (current.size() > kMaxAttributes) {
    return Error(Code::invalid_argument, fmt::format("A thing has at most {} attributes.", kMaxAttributes));
  }
  return current;
}

ApiValue<void> refuse_billing_group(const Members& body) {
  FESCUE_TRY(name, body.optional_string("billingGroupName"));
  if (!name) return {};
  return ApiError(404, "ResourceNotFoundException", fmt::format("Billing group {} does not exist.", *name));
}

/// The type that a request gives to a thing; `current` when it names none.
ApiValue<std::string> read_type(ControlPlane& plane, const Members& body, const std::string& current) {
  FESCUE_TRY(name, body.optional_string("thingTypeName"));
  FESCUE_TRY(removes, body.optional_bool("removeThingType"));
  if (name && removes.value_or(false)) {
    return Error(Code::invalid_argument, "removeThingType and thingTypeName exclude each other.");
  }
  if (removes.value_or(false)) return std::string();
  if (!name || *name == current) return current;
  FESCUE_TRY(type, find_thing_type(plane, *name));
  if (type.deprecated) return Error(Code::invalid_argument, fmt::format("Thing type {} is deprecated.", *name));
  return std::move(type.name);
}

ApiValue<void> check_version(const Thing& thing, std::optional<std::int64_t> expected) {
  if (!expected || *expected == thing.version) return {};
  return ApiError(409, "VersionConflictException",
                  fmt::format("Thing {} has version {}, not {}.", thing.name.view(), thing.version, *expected));
}

constexpr std::int64_t kMaxVersion = std::int64_t{1} << 53;

json::object attributes_json(const Attributes& attributes) {
  json::object out;
  for (const auto& [name, value] : attributes) out[name] = value;
  return out;
}

json::object thing_json(const ControlPlane& plane, const Thing& thing) {
  json::object out{{"thingName", thing.name.view()},
                   {"thingArn", thing_arn(plane, thing.name)},
                   {"attributes", attributes_json(thing.attributes)},
                   {"version", thing.version}};
  if (!thing.type.empty()) out["thingTypeName"] = thing.type;
  return out;
}

HttpResponse created(const ControlPlane& plane, const Thing& thing) {
  return json_response(
      200, json::object{
               {"thingName", thing.name.view()}, {"thingArn", thing_arn(plane, thing.name)}, {"thingId", thing.id}});
}

}  // namespace

Task<ApiResult> create_thing(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, parse_thing_name(request.labels[0]));
  const Members body(request);
  FESCUE_CO_CHECK(refuse_billing_group(body));
  FESCUE_CO_TRY(type, read_type(plane, body, ""));
  FESCUE_CO_TRY(payload, read_payload(body));
  FESCUE_CO_TRY(attributes, with_attributes({}, payload.value_or(AttributePayload{})));

  ThingStore store(plane.database);
  FESCUE_CO_TRY(existing, store.find(name));
  // Asking again for what is there already is no conflict.
  if (existing && existing->attributes == attributes && existing->type == type) co_return created(plane, *existing);
  if (existing) {
    co_return already_exists(
        fmt::format("Thing {} already exists with different attributes or another type.", name.view()),
        thing_arn(plane, name), existing->id);
  }
  const Thing thing{
      .name = name, .id = random_uuid(), .attributes = std::move(attributes), .version = 1, .type = std::move(type)};
  FESCUE_CO_CHECK(store.insert(thing));
  co_return created(plane, thing);
}

Task<ApiResult> describe_thing(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(thing, find_thing(plane, request.labels[0]));
  json::object body = thing_json(plane, thing);
  body["defaultClientId"] = thing.name.view();
  body["thingId"] = thing.id;
  co_return json_response(200, body);
}

Task<ApiResult> update_thing(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(thing, find_thing(plane, request.labels[0]));
  FESCUE_CO_CHECK(refuse_billing_group(body));
  FESCUE_CO_TRY(type, read_type(plane, body, thing.type));
  FESCUE_CO_TRY(payload, read_payload(body));
  FESCUE_CO_TRY(expected, body.optional_integer("expectedVersion", 0, kMaxVersion));
  FESCUE_CO_CHECK(check_version(thing, expected));
  if (payload) {
    FESCUE_CO_TRY(attributes, with_attributes(std::move(thing.attributes), *payload));
    thing.attributes = std::move(attributes);
  }
  thing.type = std::move(type);
  ++thing.version;
  ThingStore store(plane.database);
  FESCUE_CO_CHECK(store.update(thing));
  FESCUE_CO_TRY(certificates, store.certificates_of(thing.name, "", std::numeric_limits<std::int64_t>::max()));
  rights_changed(plane, certificates);  // policies may ask for attributes
  co_return json_response(200, json::object());
}

Task<ApiResult> delete_thing(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, parse_thing_name(request.labels[0]));
  FESCUE_CO_TRY(expected, query_integer(request, "expectedVersion", 0, kMaxVersion));
  ThingStore store(plane.database);
  FESCUE_CO_TRY(thing, store.find(name));
  if (!thing) co_return json_response(200, json::object());  // as AWS does
  FESCUE_CO_CHECK(check_version(*thing, expected));
  FESCUE_CO_TRY(principals, store.certificates_of(name, "", 1));
  if (!principals.empty()) {
    co_return ApiError(400, "InvalidRequestException",
                       fmt::format("Thing {} cannot be deleted while principals are attached to it.", name.view()));
  }
  FESCUE_CO_CHECK(store.remove(name));
  co_return json_response(200, json::object());
}

Task<ApiResult> list_things(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kResultPages));
  FESCUE_CO_TRY(is_prefix, query_bool(request, "usePrefixAttributeValue"));
  const ThingFilter filter{request.query_or("attributeName", ""), request.query_or("attributeValue", ""),
                           is_prefix.value_or(false), request.query_or("thingTypeName", "")};
  if (filter.attribute_name.empty() && !filter.attribute_value.empty()) {
    co_return Error(Code::invalid_argument, "attributeValue needs attributeName.");
  }
  FESCUE_CO_TRY(things, ThingStore(plane.database).list(filter, page.after, page.limit + 1));
  const auto next = cut_page(request, page, things, [](const Thing& thing) { return thing.name.str(); });
  json::array list;
  for (const Thing& thing : things) {
    list.emplace_back(thing_json(plane, thing));
  }
  json::object body{{"things", std::move(list)}};
  if (next) body["nextToken"] = *next;
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
