// GetThingRuntimeConfiguration and UpdateThingRuntimeConfiguration.
#include "cloud/api/greengrass/greengrass_runtime_configuration.h"

#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/control_plane.h"
#include "cloud/store/runtime_configuration_store.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud {

namespace {

ApiValue<ThingName> existing_thing(ControlPlane& plane, const std::string& text) {
  FESCUE_TRY(name, parse_thing_name(text));
  FESCUE_TRY(thing, ThingStore(plane.database).find(name));
  if (!thing) return ApiError(404, "IdNotFoundException", fmt::format("That thing does not exist: {}", text));
  return name;
}

}  // namespace

/// OutOfSync once it was set: until cores say that they follow, none does.
Task<ApiResult> get_thing_runtime_configuration(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(thing, existing_thing(plane, request.labels[0]));
  FESCUE_CO_TRY(set, RuntimeConfigurationStore(plane.database).find(thing));
  const json::object telemetry{{"ConfigurationSyncStatus", set ? "OutOfSync" : "InSync"},
                               {"Telemetry", set == Telemetry::off ? "Off" : "On"}};
  co_return json_response(200,
                          json::object{{"RuntimeConfiguration", json::object{{"TelemetryConfiguration", telemetry}}}});
}

Task<ApiResult> update_thing_runtime_configuration(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(thing, existing_thing(plane, request.labels[0]));
  const Members body(request);
  FESCUE_CO_TRY(configuration, body.optional_object("TelemetryConfiguration"));
  if (!configuration) co_return json_response(200, json::object());
  FESCUE_CO_TRY(telemetry, configuration->required_string("Telemetry"));
  if (telemetry != "On" && telemetry != "Off") co_return configuration->refuse("Telemetry", "must be On or Off.");
  FESCUE_CO_CHECK(
      RuntimeConfigurationStore(plane.database).put(thing, telemetry == "On" ? Telemetry::on : Telemetry::off));
  co_return json_response(200, json::object());
}

}  // namespace fescue::cloud
