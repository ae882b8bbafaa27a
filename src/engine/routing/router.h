// The routing table: which targets may receive what a source says on a topic. Compiled once from a group's
// subscriptions, immutable, shared; a deployment puts a new table in its place. A row is a permission and a route at
// once: a message that no row matches goes nowhere (docs/compatibility/subscriptions.md#rows).
//
// A worker of a version that a deployment has replaced may still publish, for the event that it was handling. Its
// messages are routed as if the version that the new group has were their source.
#pragma once

#include <cstddef>
#include <map>
#include <unordered_map>
#include <vector>

#include "model/group.h"
#include "model/message.h"
#include "model/topic_tree.h"

namespace fescue {

class RoutingTable {
 public:
  explicit RoutingTable(std::vector<Subscription> rows = {});

  /// The rows that match, in the order of the group.
  std::vector<const Subscription*> matching_rows(const Endpoint& source, const Topic& topic) const;

  /// Their targets, each once. The pointers live as long as the table.
  std::vector<const Endpoint*> route(const Endpoint& source, const Topic& topic) const;

  const std::vector<Subscription>& rows() const { return rows_; }

 private:
  using Rows = TopicTree<TopicRule::row, std::size_t>;
  const Rows* rows_of(const Endpoint& source) const;

  std::vector<Subscription> rows_;
  std::unordered_map<Endpoint, Rows> by_source_;
  std::map<FunctionArn, Endpoint> versions_;  // unqualified: the version that is a source
};

/// The filters of rows whose source is the cloud, each once: what the core subscribes to there.
std::vector<TopicFilter> cloud_filters(const std::vector<Subscription>& rows);

}  // namespace fescue
