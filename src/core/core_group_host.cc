// Switching functions, routes, subscriptions and loggers to a group, in the order that loses no message.
#include "core/core_group_host.h"

#include <algorithm>

#include "base/log_file.h"
#include "core/layout.h"

namespace fescue {

namespace {

void set_system_log(const Group& group) {
  const auto found = std::ranges::find(group.loggers, LogComponent::system, &LoggerConfig::component);
  const bool is_set = found != group.loggers.end();
  log::set_level(is_set ? found->level : log::Level::info);
  const auto limited = log::set_file_limit(is_set ? found->space_kb * 1024 : kSystemLogBytes);
  if (!limited) log::error("Cannot open the system log anew.", {{"errorString", limited.error().message()}});
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
  // At start-up nothing runs that could go on meanwhile, and functions that are not ready have queues: routing begins
  // at once, so that one slow function keeps nobody else waiting.
  if (on_failure == OnFailure::keep) route(*group);
  functions_.activate(std::move(staged), on_failure,
                      [this, group, on_failure, done = std::move(done)](Result<void> result) {
                        if (result && on_failure == OnFailure::roll_back) route(*group);
                        done(std::move(result));
                      });
}

void CoreGroupHost::deactivate(std::function<void()> done) {
  route(Group());
  functions_.deactivate(std::move(done));
}

void CoreGroupHost::route(const Group& group) {
  dispatcher_.set_table(std::make_shared<const RoutingTable>(group.subscriptions));
  link_.set_subscriptions(cloud_filters(group.subscriptions));
  set_system_log(group);
}

}  // namespace fescue
