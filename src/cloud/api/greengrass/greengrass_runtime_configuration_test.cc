// The telemetry switch by signed requests.
#include "cloud/api/greengrass/greengrass_test_support.h"
#include "cloud/store/runtime_configuration_store.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud {
namespace {

class RuntimeConfigurationTest : public GreengrassTest {
 protected:
  RuntimeConfigurationTest() { ThingStore(database_).insert({ThingName("core"), "id", {}, 1}).value(); }
  json::value telemetry() {
    return json_of(greengrass("GET", kPath)).at("RuntimeConfiguration").at("TelemetryConfiguration");
  }
  HttpResponse put(std::string_view body) { return greengrass("PUT", kPath, body); }

  static constexpr std::string_view kPath = "/things/core/runtimeconfig";
};

TEST_F(RuntimeConfigurationTest, TelemetryIsOnUntilItIsSwitchedOff) {
  EXPECT_EQ(telemetry(), json::parse(R"({"ConfigurationSyncStatus":"InSync","Telemetry":"On"})"));
  EXPECT_EQ(put(R"({"TelemetryConfiguration":{"Telemetry":"Off"}})").status, 200U);
  EXPECT_EQ(telemetry(), json::parse(R"({"ConfigurationSyncStatus":"OutOfSync","Telemetry":"Off"})"));
  EXPECT_EQ(put("{}").status, 200U);
  EXPECT_EQ(telemetry().at("Telemetry"), "Off");
  EXPECT_EQ(put(R"({"TelemetryConfiguration":{"Telemetry":"On"}})").status, 200U);
  EXPECT_EQ(telemetry().at("Telemetry"), "On");
}

TEST_F(RuntimeConfigurationTest, GoesWithItsThing) {
  EXPECT_EQ(put(R"({"TelemetryConfiguration":{"Telemetry":"Off"}})").status, 200U);
  ThingStore(database_).remove(ThingName("core")).value();
  EXPECT_FALSE(RuntimeConfigurationStore(database_).find(ThingName("core")).value());
}

TEST_F(RuntimeConfigurationTest, RefusesWhatItCannotRead) {
  for (const char* body : {R"({"TelemetryConfiguration":{}})", R"({"TelemetryConfiguration":{"Telemetry":"Maybe"}})"}) {
    expect_error(put(body), 400, "BadRequestException");
  }
  EXPECT_EQ(put(R"({"TelemetryConfiguration":5})").status, 400U);
  expect_error(greengrass("GET", "/things/none/runtimeconfig"), 404, "IdNotFoundException");
  expect_error(greengrass("GET", "/things/a%20b/runtimeconfig"), 400, "BadRequestException");
}

}  // namespace
}  // namespace fescue::cloud
