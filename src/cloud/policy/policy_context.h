// PolicyContext: what is known about a client when its policies are looked at, by the names that policies use:
// "iot:ClientId", "iot:Connection.Thing.Attributes[colour]" (docs/compatibility/policies.md#variables). Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fescue::cloud {

/// Keys are alike whatever their case, but for an attribute's name in brackets.
std::string fold_key(std::string_view key);

class PolicyContext {
 public:
  /// One more value of `key`. What is not well-formed UTF-8 is left out.
  void add(std::string_view key, std::string_view value);
  /// Null when nothing is known.
  const std::vector<std::string>* find(std::string_view key) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace fescue::cloud
