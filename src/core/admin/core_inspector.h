// Looks at the parts of a running core and says what it sees.
#pragma once

#include "core/admin/core_status.h"
#include "core/admin/function_view.h"
#include "deploy/deployment_agent.h"
#include "engine/routing/explain.h"
#include "ipc/ipc_server.h"

namespace fescue {

/// All outlive the inspector.
struct CoreParts {
  const FunctionService& functions;
  const Dispatcher& dispatcher;
  const Uplink& uplink;
  const IpcServer& ipc;
  const DeploymentAgent& agent;
};

class CoreInspector {
 public:
  CoreInspector(CoreParts parts, const CoreConfig& config, std::string root);

  CoreStatus status() const;
  Explanation explain(const Endpoint& source, const Topic& topic) const;
  /// Absent when it is not deployed.
  std::optional<FunctionView> function(const FunctionArn& function) const;
  /// The functions of the running set.
  std::vector<FunctionArn> deployed() const;

 private:
  std::vector<std::string> warnings() const;

  CoreParts parts_;
  std::string root_;
  ThingArn thing_;
  std::string control_plane_;
  WallTime started_ = wall_now();
};

}  // namespace fescue
