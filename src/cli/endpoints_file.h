// ROOT/run/endpoints.json: where a running `fescue up` can be reached. Written when everything answers; tools and the
// other verbs read it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace fescue::cli {

struct Endpoints {
  std::string api;                  // http://host:port, or https
  std::string iot_mqtt, iot_mqtts;  // host:port
  std::string devices_mqtts;
  std::string discovery;
  std::string ipc;
  std::optional<std::string> streams;  // absent where not built yet: null in the file
  std::string region, account;
  std::string core_thing_name, core_thing_arn, core_certificate_arn;
  std::string core_root;
};

Result<void> write_endpoints(const std::string& root, const Endpoints& endpoints);
/// not_found says that no `fescue up` runs there.
Result<Endpoints> read_endpoints(const std::string& root);

}  // namespace fescue::cli
