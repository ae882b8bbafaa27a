// What `fescue cloud` does while it may still be root: makes its directories, binds its listeners or
// takes those that it inherits (named api, iot, iot-tls, discovery), opens the files that
// it leaves for its starter, and becomes user fescue-cloud.
#pragma once

#include <sys/types.h>

#include <set>

#include "cloud/cloud.h"
#include "model/aws_credentials.h"
#include "sys/net/listeners.h"

namespace fescue::cloud {

struct CloudSetup {
  Listeners api, iot, iot_tls, discovery;
  AccessKey owner_key;        // of RUN/credentials (0600), which the starter writes: no one else says what stands there
  Fd ca;                      // RUN/ca.pem (0644), the starter's, to be written
  std::set<uid_t> owner_ids;  // who may use the plain MQTT listener
  Fd data_lock;               // on the data directory, for as long as this process lives
  PackageAccess packages;     // opened
};

/// Errors say which port, file or user is wrong. Afterwards this process has no privileges any more.
Result<CloudSetup> set_up_cloud(asio::io_context& io, const CloudOptions& options);

/// Replaces the content of a file of the setup.
Result<void> fill(const Fd& file, std::string_view bytes);

}  // namespace fescue::cloud
