// BoundPolicies: what some policies say about one client, ready to be asked for each message. Everything that depends
// on the client (variables, conditions) was put in when it was made, for none of it changes while a connection lasts:
// what is left are resources to be matched, refusals first. What is allowed on every resource costs one look.
//
// A statement that denies beats all that allow; what no statement allows is denied
// (docs/compatibility/policies.md#decisions). Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/model/iot_policy.h"
#include "cloud/policy/policy_document.h"

namespace fescue::cloud {

struct NamedPolicy {
  PolicyName name;
  std::shared_ptr<const PolicyDocument> document;
};

enum class PolicyVerdict { allowed, explicit_deny, implicit_deny };

struct DecidingStatement {
  PolicyName policy;
  std::string label;  // PolicyStatement::label

  friend bool operator==(const DecidingStatement&, const DecidingStatement&) = default;
};

struct PolicyDecision {
  PolicyVerdict verdict = PolicyVerdict::implicit_deny;
  std::vector<DecidingStatement> allowing, denying;  // each that applies
  PolicyKeys missing;                                // keys without a value, of statements about the action
};

class BoundPolicies {
 public:
  BoundPolicies() = default;  // of no policies: nothing is allowed
  BoundPolicies(std::span<const NamedPolicy> policies, const PolicyContext& context);

  /// Whatever the resource.
  bool allows_all(IotAction action) const { return everywhere_[index(action)]; }
  bool allows(IotAction action, std::string_view arn) const;
  /// The same with all that led to it.
  PolicyDecision decide(IotAction action, std::string_view arn) const;
  /// "statement 2 of policy p denies it", "no statement of policies p, q allows it", "no policy is attached"
  std::string explain(IotAction action, std::string_view arn) const;

 private:
  struct Rule {
    Glob resource;
    IotActions actions;
    PolicyEffect effect;
    std::uint32_t statement;  // in statements_
  };
  static std::size_t index(IotAction action) { return static_cast<std::size_t>(action); }
  void add(const NamedPolicy& policy, const PolicyStatement& statement, const PolicyContext& context);
  void find_what_is_allowed_everywhere();

  std::vector<PolicyName> policies_;
  std::vector<DecidingStatement> statements_;
  std::vector<Rule> rules_;  // those that deny come first
  IotActions everywhere_;
  std::vector<std::pair<IotActions, PolicyKeys>> missing_;
};

}  // namespace fescue::cloud
