// What `fescue up` does for a core that does not exist yet, through the public API, as a user would: a thing, a
// certificate, a policy, and the core's directory with certs/ and config/config.json.
#pragma once

#include <string>

#include "cli/api_client.h"
#include "cli/endpoints_file.h"
#include "model/aws_credentials.h"
#include "model/core_config.h"
#include "sys/loop/asio.h"

namespace fescue::cli {

struct CoreSite {
  std::string root;    // DIR/core
  std::string ca_pem;  // the control plane's CA
  std::string thing_name;
  HostPort iot_mqtts;  // what goes into config.json, updated at every start
  HostPort gg_https;
};

struct CoreIdentity {
  std::string thing_arn, certificate_arn;
};

/// Whether there is a core already.
bool is_provisioned(const std::string& core_root);
/// Brings the addresses of a core that is there up to date, and its CA unless that is empty.
Result<CoreIdentity> update_core(const CoreSite& site);
/// Makes the core.
Task<Result<CoreIdentity>> provision_core(CoreSite site, ApiAddress api, AccessKey key, std::string region);

}  // namespace fescue::cli
