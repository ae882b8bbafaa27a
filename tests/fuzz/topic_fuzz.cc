// Any bytes as a topic and as filters: the two parsers agree on what is well-formed, and each way of matching agrees
// with the tree that does it fast. The input: filters, one on a line, then the topic as the last line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "model/topic.h"
#include "model/topic_tree.h"
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
  TopicTree<TopicRule::row, std::size_t> row_tree;
  TopicTree<TopicRule::mqtt, std::size_t> client_tree;
  std::vector<std::size_t> rows, clients, found_rows, found_clients;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    row_tree.set(filters[i].view(), i);
    client_tree.set(filters[i].view(), i);
    if (row_matches(filters[i], topic)) rows.push_back(i);
    if (mqtt_matches(filters[i], topic)) clients.push_back(i);
    check_difference(filters[i], topic);
  }
  row_tree.match(topic.view(), [&](std::size_t i, auto) { found_rows.push_back(i); });
  client_tree.match(topic.view(), [&](std::size_t i, auto) { found_clients.push_back(i); });
  std::ranges::sort(found_rows);
  std::ranges::sort(found_clients);
  FESCUE_ASSERT(found_rows == rows);
  FESCUE_ASSERT(found_clients == clients);
  for (std::size_t i = 0; i < filters.size(); ++i) FESCUE_ASSERT(client_tree.erase(filters[i].view(), i));
  FESCUE_ASSERT(client_tree.empty());
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
