// TopicTrie: values filed under topic filters, found by topic level by level. Cost of a lookup grows with the levels of
// the topic and the wildcards beside them, not with the number of filters.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/topic.h"

namespace fescue {

template <class Value>
class TopicTrie {
 public:
  void add(const TopicFilter& filter, Value value) {
    Node* node = &root_;
    std::string_view rest = filter.view();
    for (bool more = true; more;) {
      const std::string_view level = take_level(rest, more);
      if (level == "#") {
        node->hash.push_back(std::move(value));
        return;
      }
      std::unique_ptr<Node>& child = level == "+" ? node->plus : child_of(*node, level);
      if (!child) child = std::make_unique<Node>();
      node = child.get();
    }
    node->values.push_back(std::move(value));
  }

  /// Calls found(value) for each filter that matches by row_matches(), in no particular order.
  template <class Found>
  void match(const Topic& topic, Found found) const {
    match(root_, topic.view(), true, found);
  }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    std::unique_ptr<Node> plus;
    std::vector<Value> values;  // filters that end here
    std::vector<Value> hash;    // filters whose next and last level is '#'
  };

  static std::string_view take_level(std::string_view& rest, bool& more) {
    const std::size_t slash = rest.find('/');
    const std::string_view level = rest.substr(0, slash);
    more = slash != std::string_view::npos;
    rest = more ? rest.substr(slash + 1) : std::string_view();
    return level;
  }

  static std::unique_ptr<Node>& child_of(Node& node, std::string_view level) {
    return node.children.try_emplace(std::string(level)).first->second;
  }

  /// `more`: the topic has at least one level left (which may be empty).
  template <class Found>
  static void match(const Node& node, std::string_view rest, bool more, Found& found) {
    if (!more) {
      for (const Value& value : node.values) found(value);
      return;
    }
    for (const Value& value : node.hash) found(value);
    const std::string_view level = take_level(rest, more);
    if (const auto child = node.children.find(level); child != node.children.end()) {
      match(*child->second, rest, more, found);
    }
    if (node.plus) match(*node.plus, rest, more, found);
  }

  Node root_;
};

}  // namespace fescue
