// PolicyText: a resource or a condition's value as it stands in a policy: literal text, wildcards, and variables to be
// put in for each client. `${iot:ClientId}` is the client's id, `${key, 'text'}` has a text for want of a value, and
// `${*}`, `${?}`, `${$}` are those characters (docs/compatibility/policies.md#variables). Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "cloud/policy/glob.h"
#include "cloud/policy/policy_context.h"

namespace fescue::cloud {

/// Whether `${` begins a variable: only in documents of version 2012-10-17.
using HasVariables = StrongBool<struct HasVariablesTag>;

/// Keys that policies ask for.
using PolicyKeys = std::set<std::string>;

class PolicyText {
 public:
  /// Error: invalid_argument, for a variable without its end or its name.
  static Result<PolicyText> parse(std::string_view text, HasVariables has_variables);

  /// With the client's values in place of variables. Absent when one has no value; its key goes to `missing`.
  std::optional<Glob> to_glob(const PolicyContext& context, PolicyKeys& missing) const;
  /// The same for a resource, where a value that would be a wildcard or another level of a topic counts as none: the
  /// client may have chosen it. A default does not stand in for it.
  std::optional<Glob> to_resource(const PolicyContext& context, PolicyKeys& missing) const;
  /// The same without wildcards: `*` is a `*`.
  std::optional<std::string> to_text(const PolicyContext& context, PolicyKeys& missing) const;

  /// All that it asks for, folded.
  void add_keys(PolicyKeys& keys) const;

 private:
  struct Part {
    enum class Kind { literal, any, one, variable };
    Kind kind = Kind::literal;
    std::string text;                     // literal, or the variable's key
    std::optional<std::string> fallback;  // of a variable
    bool may_have_levels = true;          // false: a `/` in its value would widen a resource
  };
  Result<void> add_variable(std::string_view inner);
  void add_literals(std::string_view text);
  template <class ValueOf>
  std::optional<Glob> put_together(ValueOf value_of) const;
  /// Null when it has no value.
  static const std::string* value_of(const Part& variable, const PolicyContext& context, PolicyKeys& missing);
  static const std::string* resource_value_of(const Part& variable, const PolicyContext& context, PolicyKeys& missing);

  std::vector<Part> parts_;
};

}  // namespace fescue::cloud
