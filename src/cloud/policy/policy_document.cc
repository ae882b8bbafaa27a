// From JSON to statements.
#include "cloud/policy/policy_document.h"

#include <functional>

#include <fmt/format.h>

#include "model/json_reader.h"

namespace fescue::cloud {

namespace json = boost::json;

namespace {

Error malformed(std::string problem) { return Error(Code::invalid_argument, std::move(problem)); }

/// Calls `take` for a text, or each text of an array that has one at least.
Result<void> each_text(const json::object& statement, std::string_view name,
                       const std::function<Result<void>(std::string_view)>& take) {
  const auto missing = [name] { return malformed(fmt::format("Each Statement needs {}, a text or texts.", name)); };
  const json::value* value = statement.if_contains(name);
  if (!value) return missing();
  if (value->is_string() && !value->get_string().empty()) return take(value->get_string());
  const json::array* list = value->if_array();
  if (!list || list->empty()) return missing();
  for (const json::value& item : *list) {
    if (!item.is_string()) return missing();
    FESCUE_CHECK(take(item.get_string()));
  }
  return ok();
}

Result<void> read_conditions(const json::object& statement, HasVariables has_variables, PolicyStatement& into) {
  const json::value* member = statement.if_contains("Condition");
  if (!member) return ok();
  const json::object* operators = member->if_object();
  if (!operators) return malformed("A Condition must be an object of operators.");
  for (const auto& [name, keys] : *operators) {
    if (!keys.is_object())
      return malformed(fmt::format("Condition.{} must be an object of keys.", std::string_view(name)));
    for (const auto& [key, value] : keys.get_object()) {
      FESCUE_TRY(condition, PolicyCondition::parse(name, key, value, has_variables));
      into.conditions.push_back(std::move(condition));
    }
  }
  return ok();
}

/// Elements of IAM's that IoT policies do not have would change the meaning of a statement if they were left out.
Result<void> refuse_foreign_elements(const json::object& statement) {
  for (const std::string_view name : {"NotAction", "NotResource", "Principal", "NotPrincipal"}) {
    if (statement.contains(name)) return malformed(fmt::format("A Statement cannot have {}.", name));
  }
  return ok();
}

std::string label_of(const json::object& statement, std::size_t number) {
  const json::value* sid = statement.if_contains("Sid");
  if (!sid || !sid->is_string() || sid->get_string().empty()) return std::to_string(number);
  return fmt::format("\"{}\"", std::string_view(sid->get_string()).substr(0, 80));
}

Result<PolicyStatement> read_statement(const json::value& value, std::size_t number, HasVariables has_variables) {
  const json::object* statement = value.if_object();
  if (!statement) return malformed("A Statement of the policy is not an object.");
  PolicyStatement read;
  read.label = label_of(*statement, number);
  const json::value* effect = statement->if_contains("Effect");
  if (!effect || !(*effect == "Allow" || *effect == "Deny")) {
    return malformed("The Effect of each Statement must be Allow or Deny.");
  }
  read.effect = *effect == "Allow" ? PolicyEffect::allow : PolicyEffect::deny;
  FESCUE_CHECK(refuse_foreign_elements(*statement));
  FESCUE_CHECK(each_text(*statement, "Action", [&](std::string_view pattern) {
    read.actions |= actions_matching(pattern);
    return ok();
  }));
  FESCUE_CHECK(each_text(*statement, "Resource", [&](std::string_view text) -> Result<void> {
    FESCUE_TRY(resource, PolicyText::parse(text, has_variables));
    read.resources.push_back(std::move(resource));
    return ok();
  }));
  FESCUE_CHECK(read_conditions(*statement, has_variables, read));
  return read;
}

PolicyKeys keys_of(const std::vector<PolicyStatement>& statements) {
  PolicyKeys keys;
  for (const PolicyStatement& statement : statements) {
    for (const PolicyText& resource : statement.resources) resource.add_keys(keys);
    for (const PolicyCondition& condition : statement.conditions) condition.add_keys(keys);
  }
  return keys;
}

/// Which version it is; as in IAM, the old one when it does not say.
Result<HasVariables> read_version(const json::object& members) {
  const json::value* version = members.if_contains("Version");
  if (!version || *version == "2008-10-17") return HasVariables::no;
  if (*version == "2012-10-17") return HasVariables::yes;
  return malformed("The Version of the policy document must be 2012-10-17 or 2008-10-17.");
}

}  // namespace

Result<PolicyDocument> parse_policy_document(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed) return malformed("The policy document is " + parsed.error().message() + ".");
  const json::object* members = parsed->if_object();
  if (!members) return malformed("The policy document must be a JSON object.");
  FESCUE_TRY(has_variables, read_version(*members));
  const json::value* statement = members->if_contains("Statement");
  if (!statement) return malformed("The policy document has no Statement.");
  const json::array single = statement->is_array() ? json::array() : json::array{*statement};
  const json::array& list = statement->is_array() ? statement->get_array() : single;
  if (list.empty()) return malformed("The policy document has no Statement.");
  PolicyDocument document;
  for (const json::value& item : list) {
    FESCUE_TRY(read, read_statement(item, document.statements.size() + 1, has_variables));
    document.statements.push_back(std::move(read));
  }
  document.keys = keys_of(document.statements);
  return document;
}

PolicyDocument unreadable_policy() {
  PolicyStatement deny{.label = "none, for it cannot be read",
                       .effect = PolicyEffect::deny,
                       .actions = IotActions().set(),
                       .resources = {PolicyText::parse("*", HasVariables::no).value()},
                       .conditions = {}};
  PolicyDocument document;
  document.statements.push_back(std::move(deny));
  return document;
}

}  // namespace fescue::cloud
