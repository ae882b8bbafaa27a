// PolicyCondition: one operator about one key of a statement's Condition: "StringLike": {"iot:ClientId": ["a*", "b"]}
// (docs/compatibility/policies.md#conditions). All conditions of a statement must hold; of the values of one, any must
// match. A key without a value matches nothing, so that only what is negated holds. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"
#include "cloud/policy/policy_text.h"

namespace fescue::cloud {

class PolicyCondition {
 public:
  /// `value` is a text, a number, a boolean, or an array of these. Error: invalid_argument, for an operator that there
  /// is not, or values that it cannot use.
  static Result<PolicyCondition> parse(std::string_view operator_name, std::string_view key,
                                       const boost::json::value& value, HasVariables has_variables);

  /// Keys without a value go to `missing`.
  bool holds(const PolicyContext& context, PolicyKeys& missing) const;
  void add_keys(PolicyKeys& keys) const;

 private:
  enum class Comparison { string, string_ignoring_case, like, number, boolean, ip, is_null };
  enum class Order { equal, less, less_or_equal, greater, greater_or_equal };  // of numbers
  enum class Quantifier { none, any, all };                                    // ForAnyValue:, ForAllValues:
  struct Operator;
  static const Operator* find_operator(std::string_view name);

  Result<void> add_value(std::string_view text, HasVariables has_variables);
  bool matches(const std::string& value, const PolicyContext& context, PolicyKeys& missing) const;
  bool matches_one(const PolicyText& wanted, const std::string& value, const PolicyContext& context,
                   PolicyKeys& missing) const;
  bool holds_without_value(PolicyKeys& missing) const;

  Comparison comparison_ = Comparison::string;
  Order order_ = Order::equal;
  Quantifier quantifier_ = Quantifier::none;
  bool negated_ = false, if_exists_ = false;
  std::string key_;
  std::vector<PolicyText> wanted_;
};

}  // namespace fescue::cloud
