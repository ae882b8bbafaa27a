// Routes are compiled beside the running ones and switched in one step.
#include "core/routes_part.h"

#include <fmt/format.h>

namespace fescue {

namespace {

/// Things and the shadow service may be named by a group that a core without them runs; their messages are dropped and
/// counted. A connector is code that was deployed, so its absence is an error.
Result<void> check_connectors(const Group& group) {
  for (const Subscription& row : group.subscriptions) {
    for (const Endpoint* end : {&row.source, &row.target}) {
      if (end->kind() != EndpointKind::connector) continue;
      return Error(Code::not_found, fmt::format("subscription {}: this core has no connector {}", row.id, end->str()));
    }
  }
  return ok();
}

}  // namespace

void RoutesPart::prepare(StagedGroup staged, Done done) {
  Result<void> checked = ok();
  if (!dispatcher_.has_target(EndpointKind::connector)) checked = check_connectors(*staged.group);
  if (checked) prepared_ = std::make_shared<const RoutingTable>(staged.group->subscriptions);
  done(std::move(checked));
}

void RoutesPart::commit() { use(std::exchange(prepared_, nullptr)); }

void RoutesPart::deactivate(std::function<void()> done) {
  prepared_.reset();
  use(std::make_shared<const RoutingTable>());
  done();
}

void RoutesPart::use(const std::shared_ptr<const RoutingTable>& table) {
  dispatcher_.set_table(table);
  link_.set_subscriptions(cloud_filters(table->rows()));
}

}  // namespace fescue
