// Compiling subscriptions into one trie for each source, and asking the source's trie by topic.
#include "engine/routing/router.h"

#include <algorithm>
#include <set>

namespace fescue {

RoutingTable::RoutingTable(std::vector<Subscription> rows) : rows_(std::move(rows)) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Endpoint& source = rows_[i].source;
    by_source_[source].set(rows_[i].subject.view(), i);
    if (const FunctionArn* function = source.as_function()) versions_.emplace(function->unqualified(), source);
  }
}

const RoutingTable::Rows* RoutingTable::rows_of(const Endpoint& source) const {
  auto rows = by_source_.find(source);
  const FunctionArn* function = source.as_function();
  if (rows == by_source_.end() && function) {
    const auto version = versions_.find(function->unqualified());
    if (version != versions_.end()) rows = by_source_.find(version->second);
  }
  return rows == by_source_.end() ? nullptr : &rows->second;
}

std::vector<const Subscription*> RoutingTable::matching_rows(const Endpoint& source, const Topic& topic) const {
  std::vector<const Subscription*> out;
  const Rows* rows = rows_of(source);
  if (rows == nullptr) return out;
  rows->match(topic.view(), [&](std::size_t row, auto) { out.push_back(&rows_[row]); });
  std::ranges::sort(out);  // they point into one vector
  return out;
}

std::vector<const Endpoint*> RoutingTable::route(const Endpoint& source, const Topic& topic) const {
  std::vector<const Endpoint*> out;
  for (const Subscription* row : matching_rows(source, topic)) {
    const bool known = std::ranges::any_of(out, [&](const Endpoint* target) { return *target == row->target; });
    if (!known) out.push_back(&row->target);
  }
  return out;
}

std::vector<TopicFilter> cloud_filters(const std::vector<Subscription>& rows) {
  std::set<TopicFilter> filters;
  for (const Subscription& row : rows) {
    if (row.source.kind() == EndpointKind::cloud) filters.insert(row.subject);
  }
  return {filters.begin(), filters.end()};
}

}  // namespace fescue
