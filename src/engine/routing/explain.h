// Pure: why a message goes where it goes, or nowhere. It tells of one (source, topic): the rows that allow it, the
// targets in delivery order, and, when no row does, the rows that come nearest with the point in which they differ.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/routing/router.h"

namespace fescue {

struct NearMiss {
  Subscription row;
  std::string why;  // "its source is ...", "its filter a/# needs at least one level after a"
};

struct Drop {
  Topic topic;
  std::uint64_t count = 0;
};

struct Explanation {
  Endpoint source = Endpoint::cloud();
  Topic topic;
  std::vector<Subscription> rows;     // that match, in the order of the group
  std::vector<Endpoint> targets;      // each once
  std::vector<NearMiss> near_misses;  // only when no row matches; at most kMaxListed
  std::uint64_t dropped = 0;          // how often this very message found no route
  std::vector<Drop> other_drops;      // of the same source on other topics, the most frequent first; at most kMaxListed
};

inline constexpr std::size_t kMaxListed = 20;

/// As Dispatcher::drops() remembers them: since the table was set.
using RememberedDrops = std::map<std::pair<Endpoint, Topic>, std::uint64_t>;

Explanation explain(const RoutingTable& table, const Endpoint& source, const Topic& topic,
                    const RememberedDrops& drops);

}  // namespace fescue
