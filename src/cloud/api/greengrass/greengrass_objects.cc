// ARNs, the JSON of definitions and versions, their lookups with Greengrass's errors, and their insertion.
#include "cloud/api/greengrass/greengrass_objects.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "base/text/parse_number.h"
#include "cloud/api/framework/tags.h"
#include "cloud/broker/core_names.h"
#include "cloud/deployments/references.h"
#include "cloud/store/definition_store.h"
#include "cloud/store/json_columns.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxDetails = 20;
constexpr std::string_view kDefinitions = "/greengrass/definition/";
constexpr std::string_view kGroups = "/greengrass/groups";

constexpr Family kFamilies[] = {Family::cores,     Family::devices, Family::functions, Family::subscriptions,
                                Family::resources, Family::loggers, Family::connectors};

}  // namespace

Family family_of(const Operation& operation) {
  if (operation.pattern.starts_with(kGroups)) return Family::groups;
  FESCUE_ASSERT(operation.pattern.starts_with(kDefinitions));
  const std::string_view rest = operation.pattern.substr(kDefinitions.size());
  for (const Family family : kFamilies) {
    if (rest.substr(0, rest.find('/')) == name_of(family)) return family;
  }
  FESCUE_ASSERT(!"a definition operation of no family");
  return Family::cores;
}

std::string definition_arn(const CloudConfig& config, Family family, std::string_view id) {
  return fmt::format("arn:aws:greengrass:{}:{}:{}/{}", config.region.view(), config.account.view(),
                     resource_path(family), id);
}

std::string version_arn(const CloudConfig& config, Family family, std::string_view id, std::string_view version) {
  return fmt::format("{}/versions/{}", definition_arn(config, family, id), version);
}

std::string deployment_arn(const CloudConfig& config, const GroupId& group, const DeploymentId& deployment) {
  return fmt::format("{}/deployments/{}", definition_arn(config, Family::groups, group.view()), deployment.view());
}

json::object definition_json(const CloudConfig& config, const Definition& definition) {
  json::object out{{"Arn", definition_arn(config, definition.family, definition.id)},
                   {"CreationTimestamp", iso8601_utc(definition.created)},
                   {"Id", definition.id},
                   {"LastUpdatedTimestamp", iso8601_utc(definition.updated)}};
  if (!definition.latest_version.empty()) {
    out["LatestVersion"] = definition.latest_version;
    out["LatestVersionArn"] = version_arn(config, definition.family, definition.id, definition.latest_version);
  }
  if (!definition.name.empty()) out["Name"] = definition.name;
  return out;
}

json::object version_json(const CloudConfig& config, Family family, const DefinitionVersion& version) {
  return {{"Arn", version_arn(config, family, version.definition, version.version)},
          {"CreationTimestamp", iso8601_utc(version.created)},
          {"Id", version.definition},
          {"Version", version.version}};
}

ApiError id_not_found(Family family, std::string_view id) {
  const std::string_view what = family == Family::groups ? "group" : name_of(family);
  return {404, "IdNotFoundException", fmt::format("That {} definition does not exist: {}", what, id)};
}

ApiError version_not_found(Family family, std::string_view id, std::string_view version) {
  // Function definitions have the other name for it in the service, too.
  const std::string_view name = family == Family::functions ? "IdNotFoundException" : "VersionNotFoundException";
  return {404, std::string(name), fmt::format("Version {} of {} {} does not exist.", version, name_of(family), id)};
}

ApiValue<Definition> find_definition(ControlPlane& plane, Family family, const std::string& id) {
  FESCUE_TRY(definition, DefinitionStore(plane.database).find(family, id));
  if (!definition) return id_not_found(family, id);
  return std::move(*definition);
}

ApiValue<DefinitionVersion> find_version(ControlPlane& plane, Family family, const std::string& id,
                                         const std::string& version) {
  FESCUE_CHECK(find_definition(plane, family, id));
  FESCUE_TRY(found, DefinitionStore(plane.database).find_version(id, version));
  if (!found) return version_not_found(family, id, version);
  return std::move(*found);
}

json::array details_json(const std::vector<ErrorDetail>& details) {
  json::array out;
  for (const ErrorDetail& detail : details) {
    out.push_back({{"DetailedErrorCode", detail.code}, {"DetailedErrorMessage", detail.message}});
  }
  return out;
}

ApiError bad_request(std::string_view sentence, const std::vector<ErrorDetail>& details) {
  std::vector<ErrorDetail> shown(details.begin(),
                                 details.begin() + static_cast<std::ptrdiff_t>(std::min(details.size(), kMaxDetails)));
  std::string list;
  for (const ErrorDetail& detail : shown) list += (list.empty() ? "" : "; ") + detail.message;
  if (details.size() > shown.size()) list += fmt::format("; and {} more", details.size() - shown.size());
  return {400,
          "BadRequestException",
          fmt::format("{} (ErrorDetails: [{}])", sentence, list),
          {{"ErrorDetails", details_json(shown)}}};
}

ApiValue<Definition> new_definition(const ControlPlane& plane, Family family, const ApiRequest& request) {
  const Members body(request);
  Definition definition;
  definition.family = family;
  definition.id = random_uuid();
  FESCUE_TRY(name, body.optional_string("Name", {.max = 256}));
  definition.name = name.value_or("");
  FESCUE_TRY(tags, read_tags(body, "tags"));
  definition.tags = std::move(tags);
  definition.created = definition.updated = plane.now();
  return definition;
}

ApiValue<void> insert_definition(ControlPlane& plane, Definition& definition,
                                 const std::optional<json::object>& first_version) {
  FESCUE_CHECK(DefinitionStore(plane.database).create(definition));
  if (!first_version) return {};
  FESCUE_TRY(version, create_version_row(plane, definition.id, *first_version));
  definition.latest_version = version.version;
  return {};
}

ApiValue<DefinitionVersion> create_version_row(ControlPlane& plane, const std::string& definition,
                                               const json::object& body) {
  DefinitionVersion version{
      .definition = definition, .version = random_uuid(), .created = plane.now(), .body = json::serialize(body)};
  FESCUE_CHECK(DefinitionStore(plane.database).add_version(version));
  return version;
}

void learn_cores(ControlPlane& plane, const json::object& body) {
  if (!plane.cores.add(json::serialize(body))) return;
  plane.broker.access_changed([&](const Principal& principal) {
    return std::ranges::any_of(principal.things, [&](const ThingName& own) { return plane.cores.contains(own); });
  });
}

ApiValue<void> forget_cores(ControlPlane& plane) {
  FESCUE_TRY(still, CoreNames::load(plane.database));
  const CoreNames former = std::exchange(plane.cores, std::move(still));
  plane.broker.access_changed([&](const Principal& principal) {
    return std::ranges::any_of(
        principal.things, [&](const ThingName& own) { return former.contains(own) && !plane.cores.contains(own); });
  });
  return {};
}

std::int64_t sequence_of(const Page& page) {
  return parse_number<std::int64_t>(page.after).value_or(DefinitionStore::kFromTheNewest);
}

}  // namespace fescue::cloud
