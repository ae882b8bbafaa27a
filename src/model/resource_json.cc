// The data object of a volume or device, read from the API or from group.json and written back.
#include "model/resource_json.h"

#include <fmt/format.h>

namespace fescue {

namespace json = boost::json;

namespace {

Result<std::string> read_path(const JsonReader& data, std::string_view name) {
  FESCUE_TRY(member, data.get(name));
  FESCUE_TRY(text, member.as_string());
  auto path = normal_path(text);
  if (!path) return member.error(path.error());
  return path;
}

Result<GroupOwner> read_owner(const JsonReader& data) {
  GroupOwner out;
  const std::optional<JsonReader> setting = data.find("GroupOwnerSetting");
  if (!setting) return out;
  FESCUE_CHECK(setting->expect_object());
  FESCUE_TRY(automatic, setting->bool_or("AutoAddGroupOwner", false));
  out.automatic = automatic;
  FESCUE_TRY(name, setting->string_or("GroupOwner", ""));
  if (!automatic) out.name = std::move(name);
  return out;
}

}  // namespace

Result<Resource> read_resource_data(ResourceKind kind, const JsonReader& data) {
  FESCUE_CHECK(data.expect_object());
  Resource out;
  out.kind = kind;
  FESCUE_TRY(source, read_path(data, "SourcePath"));
  out.destination = source;
  out.source = std::move(source);
  if (kind == ResourceKind::volume) {
    FESCUE_TRY(destination, read_path(data, "DestinationPath"));
    out.destination = std::move(destination);
  }
  FESCUE_TRY(owner, read_owner(data));
  out.owner = std::move(owner);
  if (const auto sound = check(out); !sound) return data.error(sound.error());
  return out;
}

json::object to_object(const Resource& resource) {
  json::object owner{{"AutoAddGroupOwner", resource.owner.automatic}};
  if (!resource.owner.name.empty()) owner["GroupOwner"] = resource.owner.name;
  json::object data{{"SourcePath", resource.source}, {"GroupOwnerSetting", std::move(owner)}};
  if (resource.kind == ResourceKind::volume) data["DestinationPath"] = resource.destination;
  return {{"Id", resource.id}, {"Name", resource.name}, {"Type", name_of(resource.kind)}, {"Data", std::move(data)}};
}

Result<Resource> read_resource(const JsonReader& entry) {
  FESCUE_TRY(type, entry.string("Type"));
  std::optional<ResourceKind> kind;
  for (const ResourceKind known : {ResourceKind::volume, ResourceKind::device}) {
    if (type == name_of(known)) kind = known;
  }
  if (!kind) return entry.error(fmt::format("resources of the type {} are not available yet", type.substr(0, 100)));
  FESCUE_TRY(data, entry.get("Data"));
  FESCUE_TRY(out, read_resource_data(*kind, data));
  FESCUE_TRY(id, entry.string("Id"));
  out.id = std::move(id);
  FESCUE_TRY(name, entry.string_or("Name", ""));
  out.name = std::move(name);
  return out;
}

}  // namespace fescue
