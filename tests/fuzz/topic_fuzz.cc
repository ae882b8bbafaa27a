// Any bytes as a topic and as filters: the two parsers agree on what is well-formed, and each way of matching agrees
// with the tree that does it fast. The input: filters, one on a line, then the topic as the last line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "engine/routing/topic_trie.h"
#include "model/topic.h"
#include "mqtt/subscription_tree.h"
#include "mqtt/text.h"

namespace {

using namespace fescue;

constexpr std::size_t kMaxFilters = 16;

/// MQTT's bound is 64 KB and its session's own; ours is AWS IoT's.
void check_parsers_agree(std::string_view text) {
  const auto topic = Topic::parse(text);
  const auto filter = TopicFilter::parse(text);
  const bool fits = text.size() <= kMaxTopicBytes;
  FESCUE_ASSERT(topic.has_value() == (fits && mqtt::problem_of_topic(text).empty()));
  FESCUE_ASSERT(filter.has_value() == (fits && mqtt::problem_of_filter(text).empty()));
  FESCUE_ASSERT(!topic || filter);
  FESCUE_ASSERT(topic || !topic.error().message().empty());
  FESCUE_ASSERT(!topic || topic->view() == text);
}

/// `a/#` beside `a`, and first levels that begin with `$`, are all in which the two ways of matching differ.
void check_difference(const TopicFilter& filter, const Topic& topic) {
  const bool row = row_matches(filter, topic);
  const bool mqtt = mqtt_matches(filter, topic);
  if (row == mqtt) return;
  if (row) {
    FESCUE_ASSERT(topic.view().starts_with('$'));
  } else {
    FESCUE_ASSERT(filter.view().ends_with("/#"));
  }
}

void check_trees(const std::vector<TopicFilter>& filters, const Topic& topic) {
  TopicTrie<std::size_t> trie;
  mqtt::SubscriptionTree<std::size_t> tree;
  std::vector<std::size_t> rows, clients, found_rows, found_clients;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    trie.add(filters[i], i);
    tree.set(filters[i].view(), i, mqtt::QoS::at_most_once);
    if (row_matches(filters[i], topic)) rows.push_back(i);
    if (mqtt_matches(filters[i], topic)) clients.push_back(i);
    check_difference(filters[i], topic);
  }
  trie.match(topic, [&](std::size_t i) { found_rows.push_back(i); });
  tree.match(topic.view(), [&](std::size_t i, mqtt::QoS) { found_clients.push_back(i); });
  std::ranges::sort(found_rows);
  std::ranges::sort(found_clients);
  FESCUE_ASSERT(found_rows == rows);
  FESCUE_ASSERT(found_clients == clients);
  for (std::size_t i = 0; i < filters.size(); ++i) FESCUE_ASSERT(tree.erase(filters[i].view(), i));
  FESCUE_ASSERT(tree.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<TopicFilter> filters;
  for (;;) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    check_parsers_agree(line);
    if (end == std::string_view::npos) break;
    const auto filter = TopicFilter::parse(line);
    if (filter && filters.size() < kMaxFilters) filters.push_back(*filter);
    rest.remove_prefix(end + 1);
  }
  if (const auto topic = Topic::parse(rest)) check_trees(filters, *topic);
  return 0;
}
