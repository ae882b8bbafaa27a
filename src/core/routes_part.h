// The group part of the subscriptions: the dispatcher's table, and what the link subscribes to at the cloud.
#pragma once

#include <memory>
#include <vector>

#include "engine/ports/cloud_link.h"
#include "engine/ports/group_part.h"
#include "engine/routing/dispatcher.h"

namespace fescue {

class RoutesPart final : public GroupPart {
 public:
  /// Both outlive it.
  RoutesPart(Dispatcher& dispatcher, CloudLink& link) : dispatcher_(dispatcher), link_(link) {}

  /// Error: not_found when a row names a connector, which this core has none of.
  void prepare(StagedGroup staged, Done done) override;
  void commit() override;
  void roll_back() override { prepared_.reset(); }
  void deactivate(std::function<void()> done) override;

 private:
  void use(const std::shared_ptr<const RoutingTable>& table);

  Dispatcher& dispatcher_;
  CloudLink& link_;
  std::shared_ptr<const RoutingTable> prepared_;
};

}  // namespace fescue
