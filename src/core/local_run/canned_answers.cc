// Reading the file of answers; a member that nobody would ever get is refused.
#include "core/local_run/canned_answers.h"

#include <algorithm>
#include <initializer_list>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.h"
#include "model/json_reader.h"

namespace fescue {

namespace json = boost::json;

namespace {

/// A misspelt member would be an answer that nobody gets.
Result<void> expect_members(const JsonReader& object, std::initializer_list<std::string_view> known) {
  FESCUE_CHECK(object.expect_object());
  for (const auto& [name, value] : object.value().get_object()) {
    if (std::ranges::find(known, std::string_view(name)) != known.end()) continue;
    return object.error(
        fmt::format("\"{}\" is none of {}", std::string_view(name).substr(0, 100), fmt::join(known, ", ")));
  }
  return ok();
}

/// The members of an object as readers; none when it is absent.
Result<std::vector<std::pair<std::string, JsonReader>>> entries(const JsonReader& parent, std::string_view name) {
  std::vector<std::pair<std::string, JsonReader>> out;
  const auto object = parent.find(name);
  if (!object) return out;
  FESCUE_CHECK(object->expect_object());
  for (const auto& [key, value] : object->value().get_object()) {
    out.emplace_back(key, JsonReader(value, fmt::format("{}[\"{}\"]", object->path(), std::string_view(key))));
  }
  return out;
}

Result<FunctionError> parse_error(const JsonReader& answer) {
  FESCUE_TRY(text, answer.string_or("error", ""));
  for (const FunctionError error : {FunctionError::none, FunctionError::handled, FunctionError::unhandled}) {
    if (name_of(error) == text) return error;
  }
  return answer.error("its error is neither Handled nor Unhandled");
}

Result<InvocationResult> parse_answer(const JsonReader& answer) {
  FESCUE_CHECK(expect_members(answer, {"error", "payload", "text", "base64"}));
  InvocationResult result;
  FESCUE_TRY(error, parse_error(answer));
  result.error = error;
  const json::object& members = answer.value().get_object();
  if (const json::value* payload = members.if_contains("payload")) {
    result.payload = Payload(json::serialize(*payload));  // null is an answer, too
    return result;
  }
  FESCUE_TRY(text, answer.string_or("text", ""));
  FESCUE_TRY(encoded, answer.string_or("base64", ""));
  const auto bytes = base64_decode(encoded);
  if (!bytes) return answer.error(bytes.error());
  result.payload = Payload(text + *bytes);
  return result;
}

Result<std::vector<InvocationResult>> parse_answers(const JsonReader& answers) {
  std::vector<JsonReader> items{answers};
  if (answers.value().is_array()) {
    FESCUE_TRY(listed, answers.items());
    items = std::move(listed);
  }
  if (items.empty()) return answers.error("there is no answer in the list");
  std::vector<InvocationResult> out;
  for (const JsonReader& item : items) {
    FESCUE_TRY(answer, parse_answer(item));
    out.push_back(std::move(answer));
  }
  return out;
}

Result<CannedShadow> parse_shadow(const JsonReader& shadow) {
  FESCUE_CHECK(expect_members(shadow, {"desired", "reported", "code", "message"}));
  const json::object& members = shadow.value().get_object();
  if (members.contains("code")) return CannedShadow{{}, json::serialize(members)};
  const auto update = parse_shadow_update(json::serialize(json::object{{"state", members}}));
  if (!update) return shadow.error(update.error());
  auto document = updated_shadow({}, *update, 0);
  if (!document) return shadow.error(document.error());
  return CannedShadow{{std::move(*document), true}, {}};
}

}  // namespace

Result<CannedAnswers> parse_canned_answers(std::string_view text) {
  FESCUE_TRY(document, parse_json(text));
  const JsonReader root(document, "answers");
  FESCUE_CHECK(expect_members(root, {"functions", "shadows", "secrets"}));
  CannedAnswers out;
  FESCUE_TRY(functions, entries(root, "functions"));
  for (const auto& [name, reader] : functions) {
    FESCUE_TRY(answers, parse_answers(reader));
    out.functions.emplace(name, std::move(answers));
  }
  FESCUE_TRY(shadows, entries(root, "shadows"));
  for (const auto& [thing, reader] : shadows) {
    FESCUE_TRY(shadow, parse_shadow(reader));
    out.shadows.emplace(thing, std::move(shadow));
  }
  FESCUE_TRY(secrets, entries(root, "secrets"));
  for (const auto& [name, reader] : secrets) {
    FESCUE_TRY(secret, reader.as_string());
    out.secrets.emplace(name, std::move(secret));
  }
  return out;
}

}  // namespace fescue
