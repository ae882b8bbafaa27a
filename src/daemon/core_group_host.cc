#include "daemon/core_group_host.h"

#include <algorithm>

namespace fescue {

namespace {

log::Level system_level(const Group& group) {
  const auto logger = std::ranges::find(group.loggers, LogComponent::system, &LoggerConfig::component);
  return logger == group.loggers.end() ? log::Level::info : logger->level;
}

}  // namespace

void CoreGroupHost::activate(StagedGroup staged, std::function<void(Result<void>)> done) {
  run(std::move(staged), OnFailure::roll_back, std::move(done));
}

void CoreGroupHost::restore(StagedGroup staged, std::function<void(Result<void>)> done) {
  run(std::move(staged), OnFailure::keep, std::move(done));
}

void CoreGroupHost::run(StagedGroup staged, OnFailure on_failure, std::function<void(Result<void>)> done) {
  const std::shared_ptr<const Group> group = staged.group;
  functions_.activate(std::move(staged), on_failure,
                      [this, group, on_failure, done = std::move(done)](Result<void> result) {
                        if (result || on_failure == OnFailure::keep) route(*group);
                        done(std::move(result));
                      });
}

void CoreGroupHost::deactivate(std::function<void()> done) {
  dispatcher_.set_table(std::make_shared<const RoutingTable>());
  link_.set_subscriptions({});
  functions_.deactivate(std::move(done));
}

void CoreGroupHost::route(const Group& group) {
  dispatcher_.set_table(std::make_shared<const RoutingTable>(group.subscriptions));
  link_.set_subscriptions(cloud_filters(group.subscriptions));
  log::set_level(system_level(group));
}

}  // namespace fescue
