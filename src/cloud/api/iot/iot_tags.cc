// Which resources have tags, and the three operations on them.
#include "cloud/api/iot/iot_tags.h"

#include <fmt/format.h>

#include "cloud/api/framework/tags.h"
#include "cloud/api/framework/whereabouts.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/api/iot/iot_values.h"
#include "cloud/store/iot/iot_tag_store.h"

namespace fescue::cloud::iot {

namespace {

using Tags = std::map<std::string, std::string>;

/// The resource exists and may have tags.
ApiValue<void> check_resource(ControlPlane& plane, const std::string& arn) {
  FESCUE_TRY(parts, parse_arn(arn));
  const std::string_view resource = parts.resource;
  const std::size_t slash = resource.find('/');
  const std::string_view kind = resource.substr(0, slash);
  const std::string_view name = slash == std::string_view::npos ? std::string_view() : resource.substr(slash + 1);
  const bool is_ours = parts.service == "iot" && parts.region == plane.config.region.view() &&
                       parts.account == plane.config.account.view();
  if (!is_ours) {
    return not_found("Resource", fmt::format("{} ({})", arn, where_this_is(plane.config)));
  }
  if (kind == "policy") return to_void(find_policy(plane, name));
  if (kind == "thingtype") return to_void(find_thing_type(plane, name));
  if (kind == "cacert") return to_void(find_authority(plane, name));
  if (kind == "rolealias") return to_void(find_role_alias(plane, name));
  return Error(Code::invalid_argument, fmt::format("{} is not a resource that can have tags.", arn));
}

json::array tags_json(const Tags& tags) {
  json::array list;
  for (const auto& [key, value] : tags) list.push_back(json::object{{"Key", key}, {"Value", value}});
  return list;
}

}  // namespace

ApiValue<Tags> read_tag_list(const Members& body) {
  json::object map;
  FESCUE_TRY(items, body.optional_objects("tags"));
  for (const Members& item : items) {
    FESCUE_TRY(key, item.required_string("Key"));
    FESCUE_TRY(value, item.optional_string("Value"));
    map[key] = value.value_or("");
  }
  const json::object whole{{"tags", std::move(map)}};
  return read_tags(Members(Service::iot, whole, ""), "tags");
}

ApiValue<void> keep_tags(ControlPlane& plane, std::string_view arn, const Tags& tags) {
  FESCUE_CHECK(IotTagStore(plane.database).put(arn, tags));
  return {};
}

ApiValue<void> forget_tags(ControlPlane& plane, std::string_view arn) { return keep_tags(plane, arn, {}); }

Task<ApiResult> tag_resource(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(arn, body.required_string("resourceArn"));
  FESCUE_CO_TRY(added, read_tag_list(body));
  FESCUE_CO_CHECK(check_resource(plane, arn));
  FESCUE_CO_TRY(tags, IotTagStore(plane.database).find(arn));
  for (const auto& [key, value] : added) tags[key] = value;
  if (tags.size() > kMaxTags) co_return body.refuse("tags", fmt::format("a resource has at most {} tags.", kMaxTags));
  FESCUE_CO_CHECK(keep_tags(plane, arn, tags));
  co_return json_response(200, json::object());
}

Task<ApiResult> untag_resource(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(arn, body.required_string("resourceArn"));
  FESCUE_CO_TRY(keys, body.optional_strings("tagKeys"));
  FESCUE_CO_CHECK(check_resource(plane, arn));
  FESCUE_CO_TRY(tags, IotTagStore(plane.database).find(arn));
  for (const std::string& key : keys) tags.erase(key);
  FESCUE_CO_CHECK(keep_tags(plane, arn, tags));
  co_return json_response(200, json::object());
}

Task<ApiResult> list_tags_for_resource(ControlPlane& plane, ApiRequest request) {
  const std::string arn = request.query_or("resourceArn", "");
  FESCUE_CO_CHECK(check_resource(plane, arn));
  FESCUE_CO_TRY(tags, IotTagStore(plane.database).find(arn));
  co_return json_response(200, json::object{{"tags", tags_json(tags)}});
}

}  // namespace fescue::cloud::iot
