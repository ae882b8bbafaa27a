// The paths of JsonReader's errors, and the conversions from JSON's types to ours.
#include "model/json_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace fescue {

namespace json = boost::json;

bool has_finite_numbers(const json::value& value) {
  if (value.is_double()) return std::isfinite(value.get_double());
  if (value.is_array()) return std::ranges::all_of(value.get_array(), has_finite_numbers);
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.get_object(), [](const auto& member) { return has_finite_numbers(member.value()); });
}

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code failure;
  json::parser parser({}, options);
  const std::size_t used = parser.write_some(text.data(), text.size(), failure);
  if (!failure && used < text.size()) {
    return Error(Code::invalid_argument, fmt::format("not valid JSON: extra text at byte {}", used));
  }
  if (failure)
    return Error(Code::invalid_argument, fmt::format("not valid JSON: {} at byte {}", failure.message(), used));
  json::value value = parser.release();
  if (!has_finite_numbers(value)) return Error(Code::invalid_argument, "not valid JSON: a number is out of range");
  return value;
}

Error JsonReader::error(std::string_view why) const {
  return Error(Code::invalid_argument, path_.empty() ? std::string(why) : fmt::format("{}: {}", path_, why));
}

Result<void> JsonReader::expect_object() const {
  if (!value_->is_object()) return error("must be an object");
  return ok();
}

std::optional<JsonReader> JsonReader::find(std::string_view name) const {
  if (!value_->is_object()) return std::nullopt;
  const json::value* member = value_->get_object().if_contains(name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  return JsonReader(*member, path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name));
}

Result<JsonReader> JsonReader::get(std::string_view name) const {
  FESCUE_CHECK(expect_object());
  std::optional<JsonReader> member = find(name);
  if (!member) return error(fmt::format("the member \"{}\" is missing", name));
  return *member;
}

Result<std::vector<JsonReader>> JsonReader::items() const {
  if (!value_->is_array()) return error("must be a list");
  std::vector<JsonReader> out;
  for (const json::value& item : value_->get_array()) {
    out.emplace_back(item, fmt::format("{}[{}]", path_, out.size()));
  }
  return out;
}

Result<std::string> JsonReader::as_string() const {
  if (!value_->is_string()) return error("must be a string");
  return std::string(value_->get_string());
}

Result<std::int64_t> JsonReader::as_integer(std::int64_t min, std::int64_t max) const {
  boost::system::error_code failure;
  const auto number = value_->is_number() ? value_->to_number<std::int64_t>(failure) : 0;
  if (!value_->is_number() || failure) return error("must be an integer");
  if (number < min || number > max) return error(fmt::format("must be between {} and {}", min, max));
  return number;
}

Result<bool> JsonReader::as_bool() const {
  if (!value_->is_bool()) return error("must be true or false");
  return value_->get_bool();
}

Result<std::string> JsonReader::string(std::string_view name) const {
  FESCUE_TRY(member, get(name));
  return member.as_string();
}

Result<std::string> JsonReader::string_or(std::string_view name, std::string_view fallback) const {
  const std::optional<JsonReader> member = find(name);
  return member ? member->as_string() : Result<std::string>(std::string(fallback));
}

Result<std::int64_t> JsonReader::integer_or(std::string_view name, std::int64_t fallback, std::int64_t min,
                                            std::int64_t max) const {
  const std::optional<JsonReader> member = find(name);
  return member ? member->as_integer(min, max) : Result<std::int64_t>(fallback);
}

Result<bool> JsonReader::bool_or(std::string_view name, bool fallback) const {
  const std::optional<JsonReader> member = find(name);
  return member ? member->as_bool() : Result<bool>(fallback);
}

}  // namespace fescue
