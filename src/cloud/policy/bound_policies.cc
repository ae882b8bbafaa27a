// Statements that apply to a client become rules; rules decide.
#include "cloud/policy/bound_policies.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fescue::cloud {

BoundPolicies::BoundPolicies(std::span<const NamedPolicy> policies, const PolicyContext& context) {
  for (const NamedPolicy& policy : policies) {
    policies_.push_back(policy.name);
    for (const PolicyStatement& statement : policy.document->statements) add(policy, statement, context);
  }
  std::ranges::stable_partition(rules_, [](const Rule& rule) { return rule.effect == PolicyEffect::deny; });
  find_what_is_allowed_everywhere();
}

void BoundPolicies::add(const NamedPolicy& policy, const PolicyStatement& statement, const PolicyContext& context) {
  if (statement.actions.none()) return;
  PolicyKeys missing;
  const bool applies = std::ranges::all_of(
      statement.conditions, [&](const PolicyCondition& condition) { return condition.holds(context, missing); });
  const auto number = static_cast<std::uint32_t>(statements_.size());
  for (const PolicyText& text : statement.resources) {
    auto resource =
        statement.effect == PolicyEffect::allow ? text.to_resource(context, missing) : text.to_glob(context, missing);
    if (applies && resource) rules_.push_back({std::move(*resource), statement.actions, statement.effect, number});
  }
  statements_.push_back({policy.name, statement.label});
  if (!missing.empty()) missing_.emplace_back(statement.actions, std::move(missing));
}

void BoundPolicies::find_what_is_allowed_everywhere() {
  IotActions denied;
  for (const Rule& rule : rules_) {
    if (rule.effect == PolicyEffect::deny) denied |= rule.actions;
    if (rule.effect == PolicyEffect::allow && rule.resource.matches_everything()) everywhere_ |= rule.actions;
  }
  everywhere_ &= ~denied;
}

bool BoundPolicies::allows(IotAction action, std::string_view arn) const {
  if (allows_all(action)) return true;
  const auto decides = [&](const Rule& rule) { return rule.actions[index(action)] && rule.resource.matches(arn); };
  const auto first = std::ranges::find_if(rules_, decides);
  return first != rules_.end() && first->effect == PolicyEffect::allow;
}

PolicyDecision BoundPolicies::decide(IotAction action, std::string_view arn) const {
  PolicyDecision decision;
  for (const Rule& rule : rules_) {
    if (!rule.actions[index(action)] || !rule.resource.matches(arn)) continue;
    auto& list = rule.effect == PolicyEffect::allow ? decision.allowing : decision.denying;
    const DecidingStatement& statement = statements_[rule.statement];
    if (list.empty() || list.back() != statement) list.push_back(statement);
  }
  for (const auto& [actions, keys] : missing_) {
    if (actions[index(action)]) decision.missing.insert(keys.begin(), keys.end());
  }
  decision.verdict = !decision.denying.empty()    ? PolicyVerdict::explicit_deny
                     : !decision.allowing.empty() ? PolicyVerdict::allowed
                                                  : PolicyVerdict::implicit_deny;
  return decision;
}

std::string BoundPolicies::explain(IotAction action, std::string_view arn) const {
  const PolicyDecision decision = decide(action, arn);
  const auto say = [&](const DecidingStatement& by, std::string_view verb) {
    return fmt::format("statement {} of policy {} {} {} on {}", by.label, by.policy.view(), verb, name_of(action), arn);
  };
  if (!decision.denying.empty()) return say(decision.denying.front(), "denies");
  if (!decision.allowing.empty()) return say(decision.allowing.front(), "allows");
  if (policies_.empty()) return "no policy is attached to the certificate";
  std::vector<std::string_view> names;
  for (const PolicyName& name : policies_) names.push_back(name.view());
  return fmt::format("no statement of {} {} allows {} on {}", names.size() == 1 ? "policy" : "policies",
                     fmt::join(names, ", "), name_of(action), arn);
}

}  // namespace fescue::cloud
