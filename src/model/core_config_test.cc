// Both forms of config.json, V1's and Fescue's members, and addresses; errors name their key.
#include "model/core_config.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

constexpr std::string_view kV16 = R"({
  "coreThing": {"caPath": "root.ca.pem", "certPath": "h.cert.pem", "keyPath": "h.private.key",
    "thingArn": "arn:aws:iot:us-west-2:123456789012:thing/GG_Core", "iotHost": "x-ats.iot.us-west-2.amazonaws.com",
    "ggHost": "greengrass-ats.iot.us-west-2.amazonaws.com", "keepAlive": 600},
  "runtime": {"cgroup": {"useSystemd": "yes"}}, "managedRespawn": false})";

constexpr std::string_view kV111 = R"({
  "coreThing": {"thingArn": "arn:aws:iot:us-west-2:123456789012:thing/GG_Core", "iotHost": "127.0.0.1", "iotMqttPort": 18884,
    "ggHost": "127.0.0.1", "ggHttpPort": 18443, "ggDaemonPort": 8001, "ggMqttPort": 18883, "coreClientId": "mine"},
  "runtime": {"maxWorkItemCount": 10, "maxConcurrentLimit": 3, "lruSize": 2, "allowFunctionsToRunAsRoot": "yes",
    "postStartHealthCheckTimeout": 60000},
  "mqttMaxConnectionRetryInterval": 5,
  "crypto": {"caPath": "file:///greengrass/certs/ca.pem", "principals": {"IoTCertificate": {
    "certificatePath": "file:///greengrass/certs/c.pem", "privateKeyPath": "file:///greengrass/certs/k.pem"}}},
  "fescue": {"devicesHost": "0.0.0.0", "runAs": ["mosquitto", 990],
             "runtimes": {"python3.7": "/opt/python/bin/python3.7"}}})";

TEST(CoreConfig, ReadsTheOldForm) {
  const CoreConfig config = parse_core_config(kV16, "/greengrass").value();
  EXPECT_EQ(config.ca_path, "/greengrass/certs/root.ca.pem");
  EXPECT_EQ(config.private_key_path, "/greengrass/certs/h.private.key");
  EXPECT_EQ(config.iot_mqtt.str(), "x-ats.iot.us-west-2.amazonaws.com:8883");
  EXPECT_EQ(config.gg_https.port, 8443);
  EXPECT_EQ(config.client_id, "GG_Core");
  EXPECT_EQ(config.daemon_port, 8000);
  EXPECT_EQ(config.devices.str(), "127.0.0.1:8883");
  EXPECT_FALSE(config.allow_root_functions);
}

TEST(CoreConfig, ReadsTheNewFormAndOurs) {
  const CoreConfig config = parse_core_config(kV111, "/greengrass").value();
  EXPECT_EQ(config.certificate_path, "/greengrass/certs/c.pem");
  EXPECT_EQ(config.gg_https.str(), "127.0.0.1:18443");
  EXPECT_EQ(config.client_id, "mine");
  EXPECT_EQ(config.devices.str(), "0.0.0.0:18883");
  EXPECT_EQ(config.max_work_items, 10u);
  EXPECT_EQ(config.max_workers, 3u);
  EXPECT_TRUE(config.allow_root_functions);
  EXPECT_EQ(config.max_reconnect_interval, std::chrono::seconds(5));
  EXPECT_EQ(config.run_as_users, std::set<std::string>{"mosquitto"});
  EXPECT_EQ(config.run_as_uids, std::set<std::uint32_t>{990});
  EXPECT_EQ(config.runtimes.at("python3.7"), "/opt/python/bin/python3.7");
}

TEST(CoreConfig, ErrorsNameTheKey) {
  const std::pair<std::string, std::string> cases[] = {
      {"{}", "coreThing"},
      {std::string(kV111).replace(kV111.find("\"runtimes\""), 10, "\"strict\":\"very\",\"runtimes\""), "fescue.strict"},
      {std::string(kV111).replace(kV111.find("\"0.0.0.0\""), 9, "\"\""), "fescue: devicesHost must be an address"},
      {std::string(kV111).replace(kV111.find("18883"), 5, "883"), "coreThing.ggMqttPort: must be between 1024 and"},
      {std::string(kV111).replace(kV111.find("990"), 3, "0"), "fescue.runAs: must be a list of user names and uids"},
      {std::string(kV111).replace(kV111.find("990"), 3, "-1"), "fescue.runAs"},
      {std::string(kV111).replace(kV111.find("990"), 3, "4294967295"), "fescue.runAs"},
      {std::string(kV111).replace(kV111.find("[\"mosq"), 18, "\"pi\""), "fescue.runAs"},
      {R"({"coreThing":{}})", "coreThing: the member \"thingArn\" is missing"},
      {R"({"coreThing":{"thingArn":"x"}})", "not a valid ARN"},
      {std::string(kV16).replace(kV16.find("600"), 3, "5"), "coreThing.keepAlive: must be between 30 and 1200"},
      {std::string(kV111).replace(kV111.find("\"yes\""), 5, "\"maybe\""), "allowFunctionsToRunAsRoot"},
      {std::string(kV111).replace(kV111.find("file:///greengrass/certs/k.pem"), 30, "pkcs11:object=k"), "pkcs11"},
  };
  for (const auto& [text, expected] : cases) {
    const auto result = parse_core_config(text, "/greengrass");
    ASSERT_FALSE(result) << expected;
    EXPECT_NE(result.error().message().find(expected), std::string::npos) << result.error().message();
  }
}

TEST(HostPort, ReadsBothFamilies) {
  EXPECT_EQ(parse_host_port("127.0.0.1:0").value(), (HostPort{"127.0.0.1", 0}));
  EXPECT_EQ(parse_host_port("[::1]:8000").value().str(), "[::1]:8000");
  for (const char* text : {"", "8000", ":8000", "host:", "host:70000", "host:1x", "[]:1"})
    EXPECT_FALSE(parse_host_port(text)) << text;
}

}  // namespace
}  // namespace fescue
