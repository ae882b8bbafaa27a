// One resource: exactly one kind, of which only local ones are read further.
#include "cloud/deployments/resource_definition.h"

#include "cloud/deployments/entry_list.h"
#include "model/resource_json.h"

namespace fescue::cloud {

namespace {

struct ResourceMember {
  std::string_view member;  // of ResourceDataContainer
  std::string_view type;
  std::optional<ResourceKind> local;
};

constexpr ResourceMember kKinds[] = {
    {"LocalDeviceResourceData", "Local.Device", ResourceKind::device},
    {"LocalVolumeResourceData", "Local.Volume", ResourceKind::volume},
    {"SecretsManagerSecretResourceData", "SecretsManager.Secret", std::nullopt},
    {"S3MachineLearningModelResourceData", "ML_Model.S3_Object", std::nullopt},
    {"SageMakerMachineLearningModelResourceData", "ML_Model.SageMaker.Job", std::nullopt},
};

}  // namespace

Result<ResourceEntry> read_resource_entry(const JsonReader& entry) {
  ResourceEntry out;
  FESCUE_TRY(id, entry.string_or("Id", ""));
  out.id = std::move(id);
  FESCUE_TRY(name, read_id(entry, "Name"));
  out.name = std::move(name);
  FESCUE_TRY(container, entry.get("ResourceDataContainer"));
  FESCUE_CHECK(container.expect_object());
  for (const ResourceMember& kind : kKinds) {
    const std::optional<JsonReader> data = container.find(kind.member);
    if (!data) continue;
    FESCUE_CHECK(data->expect_object());
    if (!out.type.empty()) return container.error("must hold exactly one kind of resource data");
    out.type = kind.type;
    if (!kind.local) continue;
    FESCUE_TRY(local, read_resource_data(*kind.local, *data));
    local.id = out.id;
    local.name = out.name;
    out.local = std::move(local);
  }
  if (out.type.empty()) return container.error("must hold exactly one kind of resource data");
  return out;
}

}  // namespace fescue::cloud
