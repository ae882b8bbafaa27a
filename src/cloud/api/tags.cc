// Tags of a request within their bounds, and the three operations on each kind that has them.
#include "cloud/api/framework/tags.h"

#include <fmt/format.h>

#include "cloud/api/greengrass/greengrass_objects.h"
#include "cloud/api/lambda/lambda_names.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/function_store.h"
#include "cloud/store/json_columns.h"

namespace fescue::cloud {

namespace {

using Tags = std::map<std::string, std::string>;

ApiError too_many_tags(Service service) {
  return {400, service == Service::lambda ? "InvalidParameterValueException" : "BadRequestException",
          fmt::format("A resource has at most {} tags.", kMaxTags)};
}

ApiValue<void> add_tags(const ApiRequest& request, std::string_view member, Tags& tags) {
  FESCUE_TRY(added, read_tags(Members(request), member));
  for (const auto& [key, value] : added) tags[key] = value;
  if (tags.size() > kMaxTags) return too_many_tags(request.operation->service);
  return {};
}

void remove_tags(const ApiRequest& request, Tags& tags) {
  for (const std::string& key : query_list(request, "tagKeys")) tags.erase(key);
}

/// A taggable resource: a group or a definition, by its ARN.
ApiValue<Definition> find_tagged(ControlPlane& plane, std::string_view arn) {
  for (const Family family : {Family::groups, Family::cores, Family::devices, Family::functions, Family::subscriptions,
                              Family::resources, Family::loggers, Family::connectors}) {
    const std::string prefix = definition_arn(plane.config, family, "");
    if (arn.starts_with(prefix)) return find_definition(plane, family, std::string(arn.substr(prefix.size())));
  }
  return ApiError(400, "BadRequestException", fmt::format("{} is not the ARN of a group or definition.", arn));
}

}  // namespace

ApiValue<std::map<std::string, std::string>> read_tags(const Members& body, std::string_view member) {
  FESCUE_TRY(tags, body.optional_string_map(member));
  if (tags.size() > kMaxTags) return body.refuse(member, "there are more than 50 tags.");
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > 128 || value.size() > 256 || key.starts_with("aws:")) {
      return body.refuse(member, fmt::format("'{}': keys have 1 to 128 characters and do not begin with aws:, values "
                                             "have at most 256.",
                                             key));
    }
  }
  return tags;
}

Task<ApiResult> list_function_tags(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_CHECK(find_latest(plane, name));
  FESCUE_CO_TRY(tags, FunctionStore(plane.database).tags(name));
  co_return json_response(200, json::object{{"Tags", object_of(tags)}});
}

Task<ApiResult> tag_function(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_CHECK(find_latest(plane, name));
  FunctionStore store(plane.database);
  FESCUE_CO_TRY(tags, store.tags(name));
  FESCUE_CO_CHECK(add_tags(request, "Tags", tags));
  FESCUE_CO_CHECK(store.set_tags(name, tags));
  co_return empty_response(204);
}

Task<ApiResult> untag_function(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(name, unqualified_name(plane.config, request));
  FESCUE_CO_CHECK(find_latest(plane, name));
  FunctionStore store(plane.database);
  FESCUE_CO_TRY(tags, store.tags(name));
  remove_tags(request, tags);
  FESCUE_CO_CHECK(store.set_tags(name, tags));
  co_return empty_response(204);
}

Task<ApiResult> list_greengrass_tags(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(tagged, find_tagged(plane, request.labels[0]));
  co_return json_response(200, json::object{{"tags", object_of(tagged.tags)}});
}

Task<ApiResult> tag_greengrass_resource(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(tagged, find_tagged(plane, request.labels[0]));
  FESCUE_CO_CHECK(add_tags(request, "tags", tagged.tags));
  FESCUE_CO_CHECK(DefinitionStore(plane.database).set_tags(tagged.family, tagged.id, tagged.tags));
  co_return empty_response(204);
}

Task<ApiResult> untag_greengrass_resource(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(tagged, find_tagged(plane, request.labels[0]));
  remove_tags(request, tagged.tags);
  FESCUE_CO_CHECK(DefinitionStore(plane.database).set_tags(tagged.family, tagged.id, tagged.tags));
  co_return empty_response(204);
}

}  // namespace fescue::cloud
