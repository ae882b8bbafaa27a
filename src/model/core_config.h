// The core's configuration: V1's ROOT/config/config.json with V1's keys, Fescue's own under "fescue"
// (docs/compatibility/core-files.md#configuration). Paths may be file:// URLs or names below ROOT/certs.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/arn.h"

namespace fescue {

/// A listening address of ours: "127.0.0.1:8000", "[::1]:8000". Port 0 lets the system choose.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  std::string str() const;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};
Result<HostPort> parse_host_port(std::string_view text);

struct CoreConfig {
  ThingArn thing_arn;
  std::string ca_path, certificate_path, private_key_path;  // absolute
  HostPort iot_mqtt;                                        // iotHost : iotMqttPort (8883)
  HostPort gg_https;                                        // ggHost : ggHttpPort (8443)
  std::chrono::seconds keep_alive{600};
  std::chrono::seconds mqtt_operation_timeout{5};
  std::chrono::seconds max_reconnect_interval{60};
  std::string client_id;                // coreClientId; default: the thing's name
  std::uint16_t daemon_port = 8000;     // ggDaemonPort
  HostPort devices{"127.0.0.1", 8883};  // fescue.devicesHost : ggMqttPort

  std::size_t max_work_items = 1024;  // runtime.maxWorkItemCount
  std::size_t max_workers = 25;       // runtime.maxConcurrentLimit
  std::size_t idle_workers = 25;      // runtime.lruSize
  std::chrono::milliseconds post_start_check{30000};
  bool allow_root_functions = false;  // runtime.allowFunctionsToRunAsRoot
  std::string write_directory;        // empty: ROOT

  // "fescue": {...}
  std::map<std::string, std::string> runtimes;  // runtime id -> interpreter, e.g. "python3.7": "/opt/..."
  std::set<std::uint32_t> run_as_uids;          // runAs: system accounts that functions may be, by number
  std::set<std::string> run_as_users;           // and by name
  bool strict = false;                          // what Fescue would only remark on is refused, as V1's API did
};

/// `root` makes relative certificate names absolute (ROOT/certs/NAME). Errors name the key.
Result<CoreConfig> parse_core_config(std::string_view json, std::string_view root);

}  // namespace fescue
