// The process of `fescue cloud`: opens what needs root, becomes user fescue-cloud, then serves the API, the "AWS IoT"
// MQTT endpoint and the cores until it is asked to stop.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "cloud/packages/package_options.h"
#include "model/core_config.h"

namespace fescue::cloud {

struct CloudOptions {
  std::string data_directory;  // database, packages, CA key: made if missing, readable by user fescue-cloud alone
  std::string run_directory;   // credentials and ca.pem are written here, for the starter
  HostPort api{"127.0.0.1", 8181};
  bool api_tls = false;  // the API's port speaks TLS, with a certificate of the instance's CA
  HostPort iot{"127.0.0.1", 1883};
  HostPort iot_tls{"127.0.0.1", 8884};
  HostPort discovery{"127.0.0.1", 8443};  // mutual TLS: the cores' HTTPS, later the devices' discovery
  Region region{"us-west-2"};
  AccountId account{"123456789012"};
  PackageOptions packages;
  /// Called when everything is served, with what run_cloud() says on `control`; may be empty.
  std::function<void(std::string_view facts)> on_ready;
};

/// Runs until SIGTERM, SIGINT or the end of `control`; returns the exit status. What it says when ready, on `control`:
/// {"api":"host:port","iot":...,"iot_tls":...,"discovery":...}
int run_cloud(const CloudOptions& options, Fd control);

}  // namespace fescue::cloud
