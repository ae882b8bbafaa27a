// Port: the core's one connection to its control plane, as the deployment agent sees it. Nothing local waits for it.
#pragma once

#include <functional>
#include <vector>

#include "model/deployment.h"
#include "model/topic.h"

namespace fescue {

class CloudLink {
 public:
  virtual ~CloudLink() = default;

  /// Sent at least once, queued while there is no link; reports are never dropped for messages.
  virtual void report(const DeploymentReport& report) = 0;

  /// Called for each notice, from the loop. Set once, before the link starts.
  virtual void on_notice(std::function<void(DeploymentNotice)> handler) = 0;

  /// Likewise for each invocation that somebody asks of this core by way of the control plane.
  virtual void on_invocation(std::function<void(InvocationNotice)> handler) = 0;

  /// What the hello says from the next connection on.
  virtual void set_current_deployment(std::optional<DeploymentId> deployment) = 0;

  /// The filters of rows whose source is the cloud; replaces the former set.
  virtual void set_subscriptions(std::vector<TopicFilter> filters) = 0;

  virtual bool connected() const = 0;
};

}  // namespace fescue
