// Cores' names from definitions and deployments, and the longest that a client id begins with.
#include "cloud/broker/core_names.h"

#include "cloud/store/definition_store.h"
#include "cloud/store/deployment_store.h"
#include "model/json_reader.h"

namespace fescue::cloud {

bool CoreNames::add(std::string_view definition_body) {
  const auto document = parse_json(definition_body);
  if (!document) return false;
  const auto list = JsonReader(*document, "").find("Cores");
  const auto items = list ? list->items() : Result<std::vector<JsonReader>>(std::vector<JsonReader>());
  if (!items) return false;
  bool is_new = false;
  for (const JsonReader& item : *items) {
    const auto text = item.string_or("ThingArn", "");
    const auto arn = text ? ThingArn::parse(*text) : Result<ThingArn>(text.error());
    if (arn) is_new = names_.insert(arn->thing_name()).second || is_new;
  }
  return is_new;
}

Result<CoreNames> CoreNames::load(Database& database) {
  FESCUE_TRY(deployed, DeploymentStore(database).cores());
  CoreNames cores({deployed.begin(), deployed.end()});
  FESCUE_TRY(bodies, DefinitionStore(database).bodies(Family::cores));
  for (const std::string& body : bodies) cores.add(body);
  return cores;
}

const ThingName* CoreNames::owner_of(std::string_view client_id) const {
  for (std::size_t end = client_id.size();; end = client_id.rfind('-', end - 1)) {
    if (end == std::string_view::npos) return nullptr;
    const auto found = names_.find(ThingName(std::string(client_id.substr(0, end))));
    if (found != names_.end()) return &*found;
    if (end == 0) return nullptr;
  }
}

}  // namespace fescue::cloud
