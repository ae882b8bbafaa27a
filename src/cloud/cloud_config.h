// What the control plane is, said once at start: whose account and region it plays, and where it lives.
#pragma once

#include <string>

#include "model/arn.h"

namespace fescue::cloud {

struct CloudConfig {
  Region region;
  AccountId account;
  std::string data_directory;  // database, packages, CA key
  std::string endpoint_host;   // what DescribeEndpoint answers
  bool api_tls = false;        // links to the API's port begin with https
};

}  // namespace fescue::cloud
