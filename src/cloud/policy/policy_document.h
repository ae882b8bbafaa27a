// PolicyDocument: an IoT policy's text, read: statements that allow or deny actions on resources
// (docs/compatibility/policies.md#documents). The same reading checks what CreatePolicy is given. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/policy/iot_action.h"
#include "cloud/policy/policy_condition.h"
#include "cloud/policy/policy_text.h"

namespace fescue::cloud {

enum class PolicyEffect { allow, deny };

struct PolicyStatement {
  std::string label;  // its Sid in quotes, or its number: "2"
  PolicyEffect effect = PolicyEffect::allow;
  IotActions actions;
  std::vector<PolicyText> resources;
  std::vector<PolicyCondition> conditions;
};

struct PolicyDocument {
  std::vector<PolicyStatement> statements;
  PolicyKeys keys;  // all that it asks about a client, folded
};

/// Error: invalid_argument with a sentence that says what is wrong.
Result<PolicyDocument> parse_policy_document(std::string_view text);

/// What a document that cannot be read stands for: it denies everything.
PolicyDocument unreadable_policy();

}  // namespace fescue::cloud
