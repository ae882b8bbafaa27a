// What a core is doing, as one value, and the two forms in which the owner gets it: JSON (GET /v1/status, `fescue
// status`) and Prometheus text (GET /v1/metrics). Members of the JSON are only ever added.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/lifecycle/lifecycle_types.h"
#include "engine/ports/worker_gateway.h"
#include "engine/routing/dispatcher.h"
#include "functions/function_service.h"
#include "ipc/context.h"
#include "model/deployment.h"
#include "sys/process/process_memory.h"
#include "uplink/uplink.h"

namespace fescue {

struct WorkerView {
  WorkerStatus status;
  ProcessMemory memory;
};

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
  std::vector<FunctionReport> functions;
  std::vector<WorkerView> workers;  // living ones; a pinned function without a process has an entry with pid 0
  FunctionCounters invocations;

  std::string control_plane;  // host:port
  UplinkStatus link;
  DispatchCounters messages;
  std::size_t drops_remembered = 0;  // distinct (source, topic) without a route since the last deployment
  IpcCounters ipc;
  std::uint64_t refused_peers = 0;     // strangers at the owner's door
  std::uint64_t refused_of_owner = 0;  // the owner's own requests, answered 4xx
  std::vector<std::string> warnings;   // what the owner should know, as sentences
};

/// "idle", "starting", "running", "waiting_to_restart", "failed".
std::string_view name_of(FunctionState state);

std::string to_json(const CoreStatus& status, WallTime now);
std::string to_prometheus(const CoreStatus& status, WallTime now);

}  // namespace fescue
