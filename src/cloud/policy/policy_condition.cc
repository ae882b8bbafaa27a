// The table of operators, and what each does with a value.
#include "cloud/policy/policy_condition.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "cloud/policy/ip_range.h"

namespace fescue::cloud {

namespace json = boost::json;

struct PolicyCondition::Operator {
  std::string_view name;
  Comparison comparison;
  bool negated = false;
  Order order = Order::equal;
};

const PolicyCondition::Operator* PolicyCondition::find_operator(std::string_view name) {
  static constexpr Operator kOperators[] = {
      {"StringEquals", Comparison::string},
      {"StringNotEquals", Comparison::string, true},
      {"StringEqualsIgnoreCase", Comparison::string_ignoring_case},
      {"StringNotEqualsIgnoreCase", Comparison::string_ignoring_case, true},
      {"StringLike", Comparison::like},
      {"StringNotLike", Comparison::like, true},
      {"ArnEquals", Comparison::like},
      {"ArnNotEquals", Comparison::like, true},
      {"ArnLike", Comparison::like},
      {"ArnNotLike", Comparison::like, true},
      {"NumericEquals", Comparison::number},
      {"NumericNotEquals", Comparison::number, true},
      {"NumericLessThan", Comparison::number, false, Order::less},
      {"NumericLessThanEquals", Comparison::number, false, Order::less_or_equal},
      {"NumericGreaterThan", Comparison::number, false, Order::greater},
      {"NumericGreaterThanEquals", Comparison::number, false, Order::greater_or_equal},
      {"Bool", Comparison::boolean},
      {"IpAddress", Comparison::ip},
      {"NotIpAddress", Comparison::ip, true},
      {"Null", Comparison::is_null},
  };
  const auto* found = std::ranges::find(kOperators, name, &Operator::name);
  return found == std::end(kOperators) ? nullptr : found;
}

namespace {

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

Result<std::string> text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool() || value.is_number()) return json::serialize(value);
  return Error(Code::invalid_argument, "a Condition's value must be a text, a number or a boolean");
}

}  // namespace

Result<PolicyCondition> PolicyCondition::parse(std::string_view operator_name, std::string_view key,
                                               const json::value& value, HasVariables has_variables) {
  PolicyCondition condition;
  std::string_view name = operator_name;
  if (take_prefix(name, "ForAnyValue:")) condition.quantifier_ = Quantifier::any;
  if (take_prefix(name, "ForAllValues:")) condition.quantifier_ = Quantifier::all;
  condition.if_exists_ = take_suffix(name, "IfExists");
  const Operator* found = find_operator(name);
  if (!found || (found->comparison == Comparison::is_null && condition.if_exists_)) {
    return Error(Code::invalid_argument,
                 fmt::format("'{}' is not a condition operator of IoT policies", operator_name.substr(0, 80)));
  }
  condition.comparison_ = found->comparison;
  condition.negated_ = found->negated;
  condition.order_ = found->order;
  condition.key_ = key;
  const json::array* list = value.if_array();
  if (!list) {
    FESCUE_TRY(text, text_of(value));
    FESCUE_CHECK(condition.add_value(text, has_variables));
    return condition;
  }
  for (const json::value& item : *list) {
    FESCUE_TRY(text, text_of(item));
    FESCUE_CHECK(condition.add_value(text, has_variables));
  }
  return condition;
}

Result<void> PolicyCondition::add_value(std::string_view text, HasVariables has_variables) {
  const bool is_fixed = text.find("${") == std::string_view::npos;
  const bool is_flag = comparison_ == Comparison::boolean || comparison_ == Comparison::is_null;
  const bool is_good = comparison_ == Comparison::number ? number_of(text).has_value()
                       : comparison_ == Comparison::ip   ? IpRange::parse(text).has_value()
                       : is_flag                         ? to_lower(text) == "true" || to_lower(text) == "false"
                                                         : true;
  if (is_fixed && !is_good) {
    return Error(Code::invalid_argument,
                 fmt::format("'{}' is not a value for the condition on {}", text.substr(0, 80), key_));
  }
  FESCUE_TRY(wanted, PolicyText::parse(text, has_variables));
  wanted_.push_back(std::move(wanted));
  return ok();
}

bool PolicyCondition::holds(const PolicyContext& context, PolicyKeys& missing) const {
  const std::vector<std::string>* values = context.find(key_);
  if (comparison_ == Comparison::is_null) return matches(values ? "false" : "true", context, missing);
  if (!values) return holds_without_value(missing);
  const auto accepts = [&](const std::string& value) { return matches(value, context, missing) != negated_; };
  const bool all = quantifier_ == Quantifier::all || (quantifier_ == Quantifier::none && negated_);
  return all ? std::ranges::all_of(*values, accepts) : std::ranges::any_of(*values, accepts);
}

bool PolicyCondition::holds_without_value(PolicyKeys& missing) const {
  if (if_exists_ || quantifier_ == Quantifier::all) return true;
  missing.insert(key_);
  return negated_ && quantifier_ == Quantifier::none;
}

bool PolicyCondition::matches(const std::string& value, const PolicyContext& context, PolicyKeys& missing) const {
  return std::ranges::any_of(wanted_,
                             [&](const PolicyText& wanted) { return matches_one(wanted, value, context, missing); });
}

bool PolicyCondition::matches_one(const PolicyText& wanted, const std::string& value, const PolicyContext& context,
                                  PolicyKeys& missing) const {
  if (comparison_ == Comparison::like) {
    const auto glob = wanted.to_glob(context, missing);
    return glob && glob->matches(value);
  }
  const auto text = wanted.to_text(context, missing);
  if (!text) return false;
  if (comparison_ == Comparison::string) return *text == value;
  if (comparison_ == Comparison::ip) {
    const auto range = IpRange::parse(*text), address = IpRange::parse(value);
    return range && address && range->contains(*address);
  }
  if (comparison_ != Comparison::number) return to_lower(*text) == to_lower(value);
  const auto limit = number_of(*text), number = number_of(value);
  if (!limit || !number) return false;
  if (order_ == Order::equal) return *number == *limit;
  if (order_ == Order::less) return *number < *limit;
  if (order_ == Order::less_or_equal) return *number <= *limit;
  return order_ == Order::greater ? *number > *limit : *number >= *limit;
}

void PolicyCondition::add_keys(PolicyKeys& keys) const {
  keys.insert(fold_key(key_));
  for (const PolicyText& wanted : wanted_) wanted.add_keys(keys);
}

}  // namespace fescue::cloud
