// `fescue up`: the embedded default. Starts the control plane and one core joined to it over TLS, restarts them when
// they end, and does nothing else. Once there is a core it always starts, whether the control plane does or not.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "cloud/instance_identity.h"
#include "model/core_config.h"

namespace fescue::cli {

struct UpOptions {
  std::string root = "/var/lib/fescue";
  HostPort api{"127.0.0.1", 8181};
  bool api_tls = false;
  HostPort iot{"127.0.0.1", 1883};
  HostPort iot_tls{"127.0.0.1", 8884};
  HostPort devices{"127.0.0.1", 8883};
  HostPort discovery{"127.0.0.1", 8443};
  HostPort ipc{"127.0.0.1", 8000};
  HostPort streams{"127.0.0.1", 8088};  // not served yet
  cloud::WantedIdentity identity;
  struct {
    std::string directory, s3_endpoint, s3_credentials, s3_region, s3_ca;
  } packages;  // as of `fescue cloud`, which gets them
};

/// What the core must hide from functions besides its own directory, of a `fescue up` in `root`.
std::vector<std::string> hidden_directories(const std::string& root);

/// Runs until SIGTERM or SIGINT; returns the exit status. `identity` is settled from `options.identity`.
int run_up(const UpOptions& options, const cloud::InstanceIdentity& identity);

}  // namespace fescue::cli
