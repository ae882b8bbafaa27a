// Finding members by type, and the refusals with path and expectation.
#include "cloud/api/framework/members.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/parse_number.h"
#include "base/text/utf8.h"
#include "cloud/api/framework/errors.h"

namespace fescue::cloud {

namespace {

ApiError out_of_range(Service service, std::string_view what, std::int64_t min, std::int64_t max) {
  return constraint_error(service, fmt::format("{} must be between {} and {}.", what, min, max));
}

constexpr std::size_t kMostQuoted = 128;

}  // namespace

ApiValue<void> check_text(Service service, std::string_view what, std::string_view text, const TextRule& rule) {
  const std::size_t length = utf8_length(text);
  if (length < rule.min) {
    const std::string problem = text.empty() ? "must not be empty" : fmt::format("is shorter than {}", rule.min);
    return constraint_error(service, fmt::format("{} {}.", what, problem));
  }
  if (length > rule.max) {
    return constraint_error(service, fmt::format("{} is longer than {} characters.", what, rule.max));
  }
  if (rule.allowed != nullptr && !std::all_of(text.begin(), text.end(), rule.allowed)) {
    return constraint_error(service, fmt::format("{} '{}' does not match the pattern {}.", what,
                                                 utf8_start(text, kMostQuoted), rule.pattern));
  }
  return {};
}

std::string Members::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

const json::value* Members::find(std::string_view name) const {
  const json::value* value = object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

ApiError Members::refuse(std::string_view name, std::string_view problem) const {
  return constraint_error(service_, fmt::format("{}: {}", path_of(name), problem));
}

ApiError Members::wrong_type(std::string_view name, std::string_view expected) const {
  return {400, "SerializationException", fmt::format("{} must be {}.", path_of(name), expected)};
}

ApiValue<std::optional<std::string>> Members::optional_string(std::string_view name, const TextRule& rule) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return wrong_type(name, "a string");
  const std::string_view text = value->get_string();
  FESCUE_CHECK(check_text(service_, path_of(name), text, rule));
  return std::optional<std::string>(text);
}

ApiValue<std::string> Members::required_string(std::string_view name, const TextRule& rule) const {
  FESCUE_TRY(text, optional_string(name, rule));
  if (!text) return constraint_error(service_, path_of(name) + " is required.");
  return std::move(*text);
}

ApiValue<std::optional<std::int64_t>> Members::optional_integer(std::string_view name, std::int64_t min,
                                                                std::int64_t max) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::optional<std::int64_t>();
  boost::system::error_code error;
  const auto number = value->is_number() ? value->to_number<std::int64_t>(error) : 0;
  // A number that is whole but outside of 64 bits is out of range, not of the wrong type.
  if (value->is_uint64() && error) return out_of_range(service_, path_of(name), min, max);
  if (!value->is_number() || error) return wrong_type(name, "a whole number");
  if (number < min || number > max) return out_of_range(service_, path_of(name), min, max);
  return std::optional<std::int64_t>(number);
}

ApiValue<std::optional<bool>> Members::optional_bool(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::optional<bool>();
  if (!value->is_bool()) return wrong_type(name, "true or false");
  return std::optional<bool>(value->get_bool());
}

ApiValue<std::optional<Members>> Members::optional_object(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::optional<Members>();
  if (!value->is_object()) return wrong_type(name, "an object");
  return std::optional<Members>(Members(service_, value->get_object(), path_of(name)));
}

ApiValue<Members> Members::required_object(std::string_view name) const {
  FESCUE_TRY(object, optional_object(name));
  if (!object) return constraint_error(service_, path_of(name) + " is required.");
  return std::move(*object);
}

ApiValue<std::vector<std::string>> Members::optional_strings(std::string_view name) const {
  std::vector<std::string> strings;
  const json::value* value = find(name);
  if (value == nullptr) return strings;
  if (!value->is_array()) return wrong_type(name, "a list");
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) return wrong_type(fmt::format("{}[{}]", name, strings.size()), "a string");
    strings.emplace_back(item.get_string());
  }
  return strings;
}

ApiValue<std::vector<Members>> Members::optional_objects(std::string_view name) const {
  std::vector<Members> objects;
  const json::value* value = find(name);
  if (value == nullptr) return objects;
  if (!value->is_array()) return wrong_type(name, "a list");
  for (const json::value& item : value->get_array()) {
    const std::string at = fmt::format("{}[{}]", name, objects.size());
    if (!item.is_object()) return wrong_type(at, "an object");
    objects.emplace_back(service_, item.get_object(), path_of(at));
  }
  return objects;
}

ApiValue<std::map<std::string, std::string>> Members::optional_string_map(std::string_view name) const {
  std::map<std::string, std::string> map;
  FESCUE_TRY(object, optional_object(name));
  if (!object) return map;
  for (const auto& member : object->raw()) {
    if (!member.value().is_string()) return object->wrong_type(member.key(), "a string");
    map.emplace(member.key(), member.value().get_string());
  }
  return map;
}

ApiValue<std::optional<std::int64_t>> query_integer(const ApiRequest& request, std::string_view name, std::int64_t min,
                                                    std::int64_t max) {
  const std::string text = request.query_or(name, "");
  if (text.empty()) return std::optional<std::int64_t>();
  const auto number = parse_number<std::int64_t>(text);
  if (!number) {
    return constraint_error(request.operation->service, fmt::format("{} must be a whole number.", name));
  }
  if (*number < min || *number > max) return out_of_range(request.operation->service, name, min, max);
  return number;
}

ApiValue<std::optional<bool>> query_bool(const ApiRequest& request, std::string_view name) {
  const std::string text = request.query_or(name, "");
  if (text.empty()) return std::optional<bool>();
  if (text != "true" && text != "false") {
    return constraint_error(request.operation->service, fmt::format("{} must be true or false.", name));
  }
  return std::optional<bool>(text == "true");
}

std::vector<std::string> query_list(const ApiRequest& request, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.query) {
    if (key == name) values.push_back(value);
  }
  return values;
}

}  // namespace fescue::cloud
