// Create, list, get, update and delete, for whichever family the path names.
#include "cloud/api/greengrass/greengrass_definitions.h"

#include <fmt/format.h>

#include "cloud/api/greengrass/greengrass_objects.h"
#include "cloud/deployments/definitions.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/json_columns.h"

namespace fescue::cloud {

namespace {

/// What is kept of a new version: its list of entries, and the defaults of functions. Checked as far as one definition
/// can be by itself.
ApiValue<json::object> checked_version(Family family, const json::object& given) {
  json::object kept;
  for (const std::string_view member : {list_member(family), std::string_view("DefaultConfig")}) {
    const json::value* value = given.if_contains(member);
    const bool belongs = member != "DefaultConfig" || family == Family::functions;
    if (belongs && value != nullptr && !value->is_null()) kept[member] = *value;
  }
  GroupDefinitions read;
  read_definition(family, json::value(kept), read);
  if (read.problems.empty()) return kept;
  return bad_request(fmt::format("The {} definition is invalid or corrupted.", name_of(family)), read.problems);
}

std::string sequence_text(std::int64_t sequence) { return std::to_string(sequence); }

/// Renaming to nothing has other error names than anything else [moto].
ApiError nothing_to_update(Family family) {
  if (family == Family::resources) return {400, "InvalidInputException", "Invalid resource name."};
  return {400, "InvalidContainerDefinitionException", "Input does not contain any attributes to be updated"};
}

}  // namespace

Task<ApiResult> create_definition(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_TRY(initial, Members(request).optional_object("InitialVersion"));
  std::optional<json::object> first_version;
  if (initial) {
    FESCUE_CO_TRY(checked, checked_version(family, initial->raw()));
    first_version = std::move(checked);
  }
  FESCUE_CO_TRY(definition, new_definition(plane, family, request));
  FESCUE_CO_TRY(transaction, Transaction::begin(plane.database));
  FESCUE_CO_CHECK(insert_definition(plane, definition, first_version));
  FESCUE_CO_CHECK(transaction.commit());
  if (family == Family::cores && first_version) learn_cores(plane, *first_version);
  co_return json_response(200, definition_json(plane.config, definition));
}

Task<ApiResult> list_definitions(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_TRY(page, query_page(request, kGreengrassPages));
  FESCUE_CO_TRY(definitions, DefinitionStore(plane.database).list(family, sequence_of(page), page.limit + 1));
  const auto next = cut_page(request, page, definitions,
                             [](const Definition& definition) { return sequence_text(definition.sequence); });
  json::array out;
  for (const Definition& definition : definitions) {
    json::object item = definition_json(plane.config, definition);
    if (family != Family::groups) item["tags"] = object_of(definition.tags);
    out.push_back(std::move(item));
  }
  json::object answer{{family == Family::groups ? "Groups" : "Definitions", std::move(out)}};
  if (next) answer["NextToken"] = *next;
  co_return json_response(200, answer);
}

Task<ApiResult> get_definition(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(definition, find_definition(plane, family_of(*request.operation), request.labels[0]));
  json::object answer = definition_json(plane.config, definition);
  answer["tags"] = object_of(definition.tags);
  co_return json_response(200, answer);
}

Task<ApiResult> update_definition(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_CHECK(find_definition(plane, family, request.labels[0]));
  FESCUE_CO_TRY(name, Members(request).optional_string("Name", {.max = 256}));
  if (!name || name->empty()) co_return nothing_to_update(family);
  FESCUE_CO_CHECK(DefinitionStore(plane.database).rename(family, request.labels[0], *name, plane.now()));
  co_return json_response(200, json::object());
}

Task<ApiResult> delete_definition(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_CHECK(find_definition(plane, family, request.labels[0]));
  FESCUE_CO_CHECK(DefinitionStore(plane.database).remove(family, request.labels[0]));
  if (family == Family::cores) {
    FESCUE_CO_CHECK(forget_cores(plane));
  }
  co_return json_response(200, json::object());
}

Task<ApiResult> create_definition_version(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_CHECK(find_definition(plane, family, request.labels[0]));
  FESCUE_CO_TRY(body, checked_version(family, request.body));
  FESCUE_CO_TRY(version, create_version_row(plane, request.labels[0], body));
  if (family == Family::cores) learn_cores(plane, body);
  co_return json_response(200, version_json(plane.config, family, version));
}

Task<ApiResult> list_definition_versions(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_CHECK(find_definition(plane, family, request.labels[0]));
  FESCUE_CO_TRY(page, query_page(request, kGreengrassPages));
  FESCUE_CO_TRY(versions,
                DefinitionStore(plane.database).list_versions(request.labels[0], sequence_of(page), page.limit + 1));
  const auto next = cut_page(request, page, versions,
                             [](const DefinitionVersion& version) { return sequence_text(version.sequence); });
  json::array out;
  for (const DefinitionVersion& version : versions) out.push_back(version_json(plane.config, family, version));
  json::object answer{{"Versions", std::move(out)}};
  if (next) answer["NextToken"] = *next;
  co_return json_response(200, answer);
}

Task<ApiResult> get_definition_version(ControlPlane& plane, ApiRequest request) {
  const Family family = family_of(*request.operation);
  FESCUE_CO_TRY(version, find_version(plane, family, request.labels[0], request.labels[1]));
  json::object answer = version_json(plane.config, family, version);
  FESCUE_CO_TRY(body,
                stored_object(version.body, fmt::format("the body column of definition version {}", version.version)));
  answer["Definition"] = std::move(body);
  co_return json_response(200, answer);
}

}  // namespace fescue::cloud
