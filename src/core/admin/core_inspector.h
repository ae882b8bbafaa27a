// What the owner can ask of a running core: its status and metrics, gathered from whatever parts contribute; where a
// message would go; what a function gets of the machine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/admin/admin_routes.h"
#include "core/admin/core_status.h"
#include "core/admin/status_sources.h"
#include "deploy/deployment_agent.h"
#include "engine/routing/dispatcher.h"
#include "functions/function_service.h"

namespace fescue {

class CoreInspector final : public AdminView {
 public:
  /// All outlive it.
  CoreInspector(const FunctionService& functions, const Dispatcher& dispatcher, const DeploymentAgent& agent,
                const CoreConfig& config, std::string root);

  /// Who contributes to status and metrics.
  StatusSources& sources() { return sources_; }

  std::string status_json() const override;
  std::string metrics_text() const override;
  Explanation explain(const Endpoint& source, const Topic& topic) const override;
  std::vector<FunctionArn> deployed() const override { return functions_.deployed(); }
  std::optional<FunctionView> function(const FunctionArn& function) const override;
  bool starting() const override { return agent_.is_loading(); }

 private:
  CoreStatus status() const;

  const FunctionService& functions_;
  const Dispatcher& dispatcher_;
  const DeploymentAgent& agent_;
  StatusSources sources_;
  std::string root_;
  ThingArn thing_;
  WallTime started_ = wall_now();
};

}  // namespace fescue
