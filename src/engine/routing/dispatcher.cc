// Publishing: look up the targets, ask each for room as the policy says, give it to those that have it, count the rest.
#include "engine/routing/dispatcher.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/reserved_topics.h"

namespace fescue {

void Dispatcher::set_table(std::shared_ptr<const RoutingTable> table) {
  table_ = std::move(table);
  drops_.clear();
  full_.clear();
}

bool Dispatcher::has_room(const Endpoint& end, const Message& message) const {
  const MessageTarget* target = target_of(end);
  return target != nullptr && target->has_room(end, message);
}

Result<void> Dispatcher::publish(Message message, QueueFullPolicy policy) {
  ++counters_.published;
  FESCUE_CHECK(check_reserved(message));
  const std::shared_ptr<const RoutingTable> table = table_;  // a delivery may lead to a new table
  const std::vector<const Endpoint*> targets = table->route(message.source, message.topic);
  if (targets.empty()) {
    drop(message);
    return ok();
  }
  const auto full = [&](const Endpoint* end) { return !has_room(*end, message); };
  if (policy == QueueFullPolicy::all_or_error) {
    if (const auto found = std::ranges::find_if(targets, full); found != targets.end()) {
      ++counters_.refused;
      return Error(Code::resource_exhausted, fmt::format("the queue of {} is full", (*found)->str()));
    }
  }
  for (const Endpoint* end : targets) {
    if (policy == QueueFullPolicy::best_effort && full(end)) {
      drop_for(*end, message);
      continue;
    }
    if (!full_.empty()) full_.erase(*end);
    ++counters_.delivered;
    target_of(*end)->deliver(*end, message);
  }
  return ok();
}

/// The control plane and the shadows speak on reserved topics themselves.
Result<void> Dispatcher::check_reserved(const Message& message) {
  const EndpointKind kind = message.source.kind();
  if (kind == EndpointKind::cloud || kind == EndpointKind::shadow) return ok();
  const auto checked = check_local_topic(message.topic);
  if (checked) return ok();
  ++counters_.reserved;
  if (on_reserved_) on_reserved_(message);
  return checked.error();
}

void Dispatcher::drop_for(const Endpoint& target, const Message& message) {
  ++counters_.no_room;
  if (full_.insert(target).second && on_full_) on_full_(target, message);
}

void Dispatcher::drop(const Message& message) {
  ++counters_.no_route;
  std::pair key(message.source, message.topic);
  if (const auto known = drops_.find(key); known != drops_.end()) {
    ++known->second;
  } else if (drops_.size() < kMaxRememberedDrops) {
    drops_.emplace(std::move(key), 1);
    on_first_drop_(message.source, message.topic);
  }
}

}  // namespace fescue
