// The core's GroupHost: a group becomes the running one over functions, routes, the link's subscriptions and the logs.
// Functions first; routes are switched the moment they are ready, so that a message goes to the old version or the new,
// and to one of them always. At start-up, when nothing runs yet, the routes come first.
#pragma once

#include "engine/ports/cloud_link.h"
#include "engine/ports/group_host.h"
#include "engine/routing/dispatcher.h"
#include "functions/function_service.h"

namespace fescue {

class CoreGroupHost final : public GroupHost {
 public:
  CoreGroupHost(FunctionService& functions, Dispatcher& dispatcher, CloudLink& link)
      : functions_(functions), dispatcher_(dispatcher), link_(link) {}

  void activate(StagedGroup staged, std::function<void(Result<void>)> done) override;
  void restore(StagedGroup staged, std::function<void(Result<void>)> done) override;
  std::vector<std::string> remarks() const override { return functions_.remarks(); }
  void deactivate(std::function<void()> done) override;

 private:
  void run(StagedGroup staged, OnFailure on_failure, std::function<void(Result<void>)> done);
  void route(const Group& group);

  FunctionService& functions_;
  Dispatcher& dispatcher_;
  CloudLink& link_;
};

}  // namespace fescue
