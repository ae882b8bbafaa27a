// TopicTree: values filed under topic filters, found by topic, level by level. The cost of a lookup grows with the
// levels of the topic and the wildcards beside them, not with the number of filters.
//
//   TopicTree<TopicRule::mqtt, Client*, QoS> subscriptions;
//   subscriptions.set("sensor/+", client, QoS::at_least_once);
//   subscriptions.match("sensor/a", [](Client* client, QoS qos) { ... });
//
// A key is a small handle (a pointer, an index); it may hold any number of filters, each with a value of its own, and
// is visited once for each that matches. One node stands for each level of a filter. The depth of the recursion is the
// number of levels: bound the filters before they come here. Filters are taken as they are: check them before, too.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/topic.h"

namespace fescue {

/// The rules of row_matches() and of mqtt_matches().
enum class TopicRule { row, mqtt };

template <TopicRule rule, class Key, class Value = std::monostate>
class TopicTree {
 public:
  /// Files `key` under `filter`, or changes the value that it has there. True: it is new.
  bool set(std::string_view filter, Key key, Value value = {}) {
    std::vector<Entry>& entries = make_node(filter).entries;
    const auto found = find(entries, key);
    const bool is_new = found == entries.end();
    if (is_new) {
      entries.push_back({key, value});
      ++size_;
    } else {
      found->value = value;
    }
    return is_new;
  }

  /// False: there was no such key under this very filter.
  bool erase(std::string_view filter, const Key& key) {
    const bool erased = erase_below(root_, filter, true, key);
    if (erased) --size_;
    return erased;
  }

  /// Calls visit(key, value) for each filter that matches, in no particular order.
  template <class Visit>
  void match(std::string_view topic, Visit&& visit) const {
    match_below(root_, topic, rule == TopicRule::mqtt && topic.starts_with('$'), visit);
  }

  /// Of keys, each counted once for each of its filters.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Entry {
    Key key;
    Value value;
  };
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> plus, hash;
    std::vector<Entry> entries;  // of the filter that ends here

    bool is_leaf() const { return literals.empty() && !plus && !hash; }
    /// Where the child for this level of a filter is kept; null if there can be none without `make`.
    std::unique_ptr<Node>* slot(std::string_view level, bool make) {
      if (level == "+") return &plus;
      if (level == "#") return &hash;
      const auto found = literals.find(level);
      if (found != literals.end()) return &found->second;
      return make ? &literals.emplace(std::string(level), nullptr).first->second : nullptr;
    }
    void drop(std::string_view level) {
      if (level == "+") {
        plus.reset();
      } else if (level == "#") {
        hash.reset();
      } else if (const auto found = literals.find(level); found != literals.end()) {
        literals.erase(found);
      }
    }
  };

  static auto find(std::vector<Entry>& entries, const Key& key) {
    return std::ranges::find_if(entries, [&](const Entry& entry) { return entry.key == key; });
  }

  Node& make_node(std::string_view filter) {
    Node* node = &root_;
    for (bool more = true; more;) {
      std::unique_ptr<Node>& child = *node->slot(take_topic_level(filter, more), true);
      if (!child) child = std::make_unique<Node>();
      node = child.get();
    }
    return *node;
  }

  static bool erase_entry(Node& node, const Key& key) {
    const auto found = find(node.entries, key);
    if (found == node.entries.end()) return false;
    node.entries.erase(found);
    return true;
  }

  /// `more`: the filter has at least one level left (which may be empty).
  static bool erase_below(Node& node, std::string_view filter, bool more, const Key& key) {
    if (!more) return erase_entry(node, key);
    const std::string_view level = take_topic_level(filter, more);
    const std::unique_ptr<Node>* child = node.slot(level, false);
    if (child == nullptr || !*child || !erase_below(**child, filter, more, key)) return false;
    if ((*child)->entries.empty() && (*child)->is_leaf()) node.drop(level);
    return true;
  }

  template <class Visit>
  static void visit_all(const Node& node, Visit& visit) {
    for (const Entry& entry : node.entries) visit(entry.key, entry.value);
  }

  template <class Visit>
  static void match_below(const Node& node, std::string_view topic, bool skip_wildcards, Visit& visit) {
    bool more = true;
    const std::string_view level = take_topic_level(topic, more);
    const auto step = [&](const Node& next) {
      if (more) return match_below(next, topic, false, visit);
      visit_all(next, visit);
      if (rule == TopicRule::mqtt && next.hash) visit_all(*next.hash, visit);  // which matches its parent level, too
    };
    if (const auto literal = node.literals.find(level); literal != node.literals.end()) step(*literal->second);
    if (skip_wildcards) return;
    if (node.plus) step(*node.plus);
    if (node.hash) visit_all(*node.hash, visit);
  }

  Node root_;
  std::size_t size_ = 0;
};

}  // namespace fescue
