// Finding the rows that allow a message, and for one that goes nowhere the rows that fail in a single point.
#include "engine/routing/explain.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace fescue {

namespace {

std::string why_other_source(const Endpoint& asked, const Endpoint& row) {
  const FunctionArn* wanted = asked.as_function();
  const FunctionArn* found = row.as_function();
  const bool same_function = wanted && found && wanted->unqualified() == found->unqualified();
  if (!same_function) return fmt::format("its source is {}", row.str());
  return fmt::format("its source is version {} of the function, not {}", found->qualifier(), wanted->qualifier());
}

std::string why_other_topic(const TopicFilter& filter, const Topic& topic) {
  if (mqtt_matches(filter, topic) && filter.str() == topic.str() + "/#") {
    return fmt::format("its filter {} needs at least one level after {}", filter.str(), topic.str());
  }
  return fmt::format("its filter {} does not match the topic", filter.str());
}

/// Why a row that does not match is worth a look: it differs in one point only.
std::optional<std::string> near_miss(const Subscription& row, const Endpoint& source, const Topic& topic) {
  const bool topic_fits = row_matches(row.subject, topic);
  if (row.source == source) return why_other_topic(row.subject, topic);
  if (topic_fits) return why_other_source(source, row.source);
  return std::nullopt;
}

std::vector<NearMiss> near_misses(const RoutingTable& table, const Endpoint& source, const Topic& topic) {
  std::vector<NearMiss> out;
  // Rows that fit but for their source say more than rows with another topic.
  for (const bool same_source : {false, true}) {
    for (const Subscription& row : table.rows()) {
      if (out.size() == kMaxListed) return out;
      if ((row.source == source) != same_source) continue;
      if (auto why = near_miss(row, source, topic)) out.push_back({row, std::move(*why)});
    }
  }
  return out;
}

std::vector<Drop> drops_of(const Endpoint& source, const Topic& except, const RememberedDrops& drops) {
  std::vector<Drop> out;
  for (auto drop = drops.lower_bound({source, Topic()}); drop != drops.end() && drop->first.first == source; ++drop) {
    if (drop->first.second != except) out.push_back({drop->first.second, drop->second});
  }
  std::ranges::stable_sort(out, std::ranges::greater(), &Drop::count);
  if (out.size() > kMaxListed) out.resize(kMaxListed);
  return out;
}

}  // namespace

Explanation explain(const RoutingTable& table, const Endpoint& source, const Topic& topic,
                    const RememberedDrops& drops) {
  Explanation out;
  out.source = source;
  out.topic = topic;
  for (const Subscription* row : table.matching_rows(source, topic)) out.rows.push_back(*row);
  for (const Endpoint* target : table.route(source, topic)) out.targets.push_back(*target);
  if (out.rows.empty()) out.near_misses = near_misses(table, source, topic);
  const auto dropped = drops.find({source, topic});
  if (dropped != drops.end()) out.dropped = dropped->second;
  out.other_drops = drops_of(source, topic, drops);
  return out;
}

}  // namespace fescue
