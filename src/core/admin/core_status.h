// What a core says of itself, beside what its parts contribute (engine/ports/status_source.h): who it is and which
// group it runs, as JSON and as Prometheus samples. Members of the JSON are only ever added.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/clock.h"
#include "base/metrics_text.h"
#include "model/group.h"
#include "sys/process/process_memory.h"

namespace fescue {

struct CoreStatus {
  std::string version;
  std::string root;
  ThingArn thing;
  pid_t pid = 0;
  std::string user;  // that the core runs as
  WallTime started;
  ProcessMemory memory;

  std::shared_ptr<const Group> group;  // null when nothing is deployed
  std::optional<DeploymentId> deployment;
};

void add_status(boost::json::object& out, const CoreStatus& status, WallTime now);
void add_metrics(MetricsText& out, const CoreStatus& status, WallTime now);

}  // namespace fescue
