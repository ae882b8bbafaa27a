// SubscriptionTree: who subscribed to what, asked by topic, with MQTT's rules of matching [4.7]: `+` is one level, `#`
// the rest and its parent level, and neither matches a first level that begins with `$`.
//
// One node for each level of a filter, wildcards included; a topic walks down at most three ways from each node. A
// subscriber is a small handle (a pointer, an id); it may hold any number of filters, and is visited once for each that
// matches. The depth of the recursion is the number of levels: bound the filters before they come here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mqtt/packet.h"

namespace fescue::mqtt {

template <class Subscriber>
class SubscriptionTree {
 public:
  /// Subscribes, or changes the QoS of a subscription that is there. True: it is new.
  bool set(std::string_view filter, Subscriber subscriber, QoS qos) {
    std::vector<Entry>& entries = make_node(filter).entries;
    const auto found = find(entries, subscriber);
    const bool is_new = found == entries.end();
    if (is_new) {
      entries.push_back({subscriber, qos});
      ++size_;
    } else {
      found->qos = qos;
    }
    return is_new;
  }

  /// False: there was no such subscription.
  bool erase(std::string_view filter, Subscriber subscriber) {
    const bool erased = erase_below(root_, filter, subscriber);
    if (erased) --size_;
    return erased;
  }

  /// visit(subscriber, qos) for each filter that matches.
  template <class Visit>
  void match(std::string_view topic, Visit&& visit) const {
    match_below(root_, topic, topic.starts_with('$'), visit);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Entry {
    Subscriber subscriber;
    QoS qos;
  };
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    std::vector<Entry> entries;  // of the filter that ends here
  };
  struct Split {
    std::string_view level;
    std::string_view rest;
    bool is_last;
  };

  static Split split(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return {text, {}, true};
    return {text.substr(0, slash), text.substr(slash + 1), false};
  }

  static auto find(std::vector<Entry>& entries, const Subscriber& subscriber) {
    return std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.subscriber == subscriber; });
  }

  static const Node* child(const Node& node, std::string_view level) {
    const auto found = node.children.find(level);
    return found == node.children.end() ? nullptr : found->second.get();
  }

  Node& make_node(std::string_view filter) {
    Node* node = &root_;
    for (bool more = true; more;) {
      const Split part = split(filter);
      auto found = node->children.find(part.level);
      if (found == node->children.end()) {
        found = node->children.emplace(std::string(part.level), std::make_unique<Node>()).first;
      }
      node = found->second.get();
      filter = part.rest;
      more = !part.is_last;
    }
    return *node;
  }

  static bool erase_below(Node& node, std::string_view filter, const Subscriber& subscriber) {
    const Split part = split(filter);
    const auto found = node.children.find(part.level);
    if (found == node.children.end()) return false;
    Node& next = *found->second;
    bool erased = false;
    if (part.is_last) {
      const auto entry = find(next.entries, subscriber);
      erased = entry != next.entries.end();
      if (erased) next.entries.erase(entry);
    } else {
      erased = erase_below(next, part.rest, subscriber);
    }
    if (next.entries.empty() && next.children.empty()) node.children.erase(found);
    return erased;
  }

  template <class Visit>
  static void visit_all(const Node& node, Visit& visit) {
    for (const Entry& entry : node.entries) visit(entry.subscriber, entry.qos);
  }

  template <class Visit>
  static void match_below(const Node& node, std::string_view topic, bool skip_wildcards, Visit& visit) {
    const Split part = split(topic);
    const auto step = [&](const Node& next) {
      if (!part.is_last) return match_below(next, part.rest, false, visit);
      visit_all(next, visit);
      if (const Node* parent_too = child(next, "#")) visit_all(*parent_too, visit);
    };
    if (const Node* literal = child(node, part.level)) step(*literal);
    if (skip_wildcards) return;
    if (const Node* plus = child(node, "+")) step(*plus);
    if (const Node* hash = child(node, "#")) visit_all(*hash, visit);
  }

  Node root_;
  std::size_t size_ = 0;
};

}  // namespace fescue::mqtt
