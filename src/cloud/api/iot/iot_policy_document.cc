// The shape of a policy document: version, statements, effects, actions, resources.
#include "cloud/api/iot/iot_policy_document.h"

#include <algorithm>

namespace fescue::cloud::iot {

namespace {

constexpr std::size_t kMaxBytes = 404'600;  // AWS's model

ApiError malformed(std::string problem) { return {400, "MalformedPolicyException", std::move(problem)}; }

bool is_string_or_list(const json::object& statement, std::string_view name) {
  const json::value* value = statement.if_contains(name);
  if (value == nullptr) return false;
  if (value->is_string()) return !value->get_string().empty();
  const json::array* list = value->if_array();
  return list != nullptr && !list->empty() &&
         std::all_of(list->begin(), list->end(), [](const json::value& item) { return item.is_string(); });
}

ApiValue<void> check_statement(const json::value& value) {
  const json::object* statement = value.if_object();
  if (statement == nullptr) return malformed("A Statement of the policy is not an object.");
  const json::value* effect = statement->if_contains("Effect");
  if (effect == nullptr || !(*effect == "Allow" || *effect == "Deny")) {
    return malformed("The Effect of each Statement must be Allow or Deny.");
  }
  if (!is_string_or_list(*statement, "Action")) return malformed("Each Statement needs an Action.");
  if (!is_string_or_list(*statement, "Resource")) return malformed("Each Statement needs a Resource.");
  return {};
}

ApiValue<void> check_document(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (error) return malformed("The policy document is not valid JSON: " + error.message() + ".");
  const json::object* members = document.if_object();
  if (members == nullptr) return malformed("The policy document must be a JSON object.");
  const json::value* version = members->if_contains("Version");
  if (version != nullptr && !(*version == "2012-10-17" || *version == "2008-10-17")) {
    return malformed("The Version of the policy document must be 2012-10-17 or 2008-10-17.");
  }
  const json::value* statement = members->if_contains("Statement");
  if (statement == nullptr) return malformed("The policy document has no Statement.");
  if (!statement->is_array()) return check_statement(*statement);
  if (statement->get_array().empty()) return malformed("The policy document has no Statement.");
  for (const json::value& item : statement->get_array()) FESCUE_CHECK(check_statement(item));
  return {};
}

}  // namespace

ApiValue<std::string> read_policy_document(const Members& body) {
  FESCUE_TRY(document, body.required_string("policyDocument", {.min = 0, .max = kMaxBytes}));
  FESCUE_CHECK(check_document(document));
  return document;
}

}  // namespace fescue::cloud::iot
