// Taking texts apart, and putting them together with values.
#include "cloud/policy/policy_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace fescue::cloud {

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Put into a filter. Topics and client ids without these characters are what is usual.
bool would_match_others(std::string_view value) { return value.find_first_of("*?+#") != std::string_view::npos; }

Error bad_variable(std::string_view text) {
  return Error(Code::invalid_argument, fmt::format("'{}' is not a policy variable", text.substr(0, 80)));
}

}  // namespace

Result<PolicyText> PolicyText::parse(std::string_view text, HasVariables has_variables) {
  PolicyText parsed;
  while (!text.empty()) {
    const std::size_t begin = bool(has_variables) ? text.find("${") : std::string_view::npos;
    parsed.add_literals(text.substr(0, begin));
    if (begin == std::string_view::npos) break;
    const std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return bad_variable(text.substr(begin));
    FESCUE_CHECK(parsed.add_variable(text.substr(begin + 2, end - begin - 2)));
    text.remove_prefix(end + 1);
  }
  return parsed;
}

void PolicyText::add_literals(std::string_view text) {
  while (!text.empty()) {
    const std::size_t literal = std::min(text.find_first_of("*?"), text.size());
    if (literal > 0) parts_.push_back({Part::Kind::literal, std::string(text.substr(0, literal)), {}, true});
    text.remove_prefix(literal);
    if (text.empty()) return;
    parts_.push_back({text.front() == '*' ? Part::Kind::any : Part::Kind::one, {}, {}, true});
    text.remove_prefix(1);
  }
}

/// What stands between `${` and `}`.
Result<void> PolicyText::add_variable(std::string_view inner) {
  if (inner == "*" || inner == "?" || inner == "$") {
    parts_.push_back({Part::Kind::literal, std::string(inner), {}, true});
    return ok();
  }
  const std::size_t comma = inner.find(',');
  Part part{Part::Kind::variable, std::string(trimmed(inner.substr(0, comma))), {}, true};
  if (part.text.empty()) return bad_variable("${" + std::string(inner) + "}");
  if (comma != std::string_view::npos) {
    const std::string_view fallback = trimmed(inner.substr(comma + 1));
    const bool is_quoted = fallback.size() >= 2 && fallback.starts_with('\'') && fallback.ends_with('\'');
    if (!is_quoted) return bad_variable("${" + std::string(inner) + "}");
    part.fallback = fallback.substr(1, fallback.size() - 2);
  }
  // Clients choose their ids. In `client/${iot:ClientId}` it stands for itself, whatever is in it.
  const auto is_clients = [](const Part& before) { return before.text.find(":client/") != std::string::npos; };
  part.may_have_levels = fold_key(part.text) != "iot:clientid" || std::ranges::any_of(parts_, is_clients);
  parts_.push_back(std::move(part));
  return ok();
}

const std::string* PolicyText::value_of(const Part& variable, const PolicyContext& context, PolicyKeys& missing) {
  if (const auto* values = context.find(variable.text)) return &values->front();
  if (variable.fallback) return &*variable.fallback;
  missing.insert(variable.text);
  return nullptr;
}

const std::string* PolicyText::resource_value_of(const Part& variable, const PolicyContext& context,
                                                 PolicyKeys& missing) {
  const std::string* value = value_of(variable, context, missing);
  const bool is_known = value != nullptr && context.find(variable.text) != nullptr;
  if (!is_known) return value;
  const bool widens =
      would_match_others(*value) || (!variable.may_have_levels && value->find('/') != std::string::npos);
  if (!widens) return value;
  missing.insert(variable.text);
  return nullptr;
}

template <class ValueOf>
std::optional<Glob> PolicyText::put_together(ValueOf value_of) const {
  Glob glob;
  bool complete = true;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::literal) glob.add_literal(part.text);
    if (part.kind == Part::Kind::any) glob.add_any();
    if (part.kind == Part::Kind::one) glob.add_one();
    if (part.kind != Part::Kind::variable) continue;
    const std::string* value = value_of(part);
    if (value) glob.add_literal(*value);
    complete = complete && value;
  }
  return complete ? std::optional(std::move(glob)) : std::nullopt;
}

std::optional<Glob> PolicyText::to_glob(const PolicyContext& context, PolicyKeys& missing) const {
  return put_together([&](const Part& variable) { return value_of(variable, context, missing); });
}

std::optional<Glob> PolicyText::to_resource(const PolicyContext& context, PolicyKeys& missing) const {
  return put_together([&](const Part& variable) { return resource_value_of(variable, context, missing); });
}

std::optional<std::string> PolicyText::to_text(const PolicyContext& context, PolicyKeys& missing) const {
  std::string text;
  bool complete = true;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::literal) text += part.text;
    if (part.kind == Part::Kind::any) text += '*';
    if (part.kind == Part::Kind::one) text += '?';
    if (part.kind != Part::Kind::variable) continue;
    const std::string* value = value_of(part, context, missing);
    if (value) text += *value;
    complete = complete && value;
  }
  return complete ? std::optional(std::move(text)) : std::nullopt;
}

void PolicyText::add_keys(PolicyKeys& keys) const {
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::variable) keys.insert(fold_key(part.text));
  }
}

}  // namespace fescue::cloud
