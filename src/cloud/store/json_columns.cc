// Parsing columns of JSON without trust in what the disk gives back.
#include "cloud/store/json_columns.h"

#include <fmt/format.h>

#include "model/json_reader.h"

namespace fescue::cloud {

namespace json = boost::json;

Error damaged(std::string_view what, std::string_view why) {
  return Error(Code::internal, fmt::format("{} is damaged in the database: {}", what, why));
}

Result<json::value> stored_json(std::string_view text, std::string_view what) {
  auto value = parse_json(text);
  if (!value) return damaged(what, value.error().message());
  return value;
}

Result<json::object> stored_object(std::string_view text, std::string_view what) {
  FESCUE_TRY(value, stored_json(text, what));
  if (!value.is_object()) return damaged(what, "it is not a JSON object");
  return std::move(value.get_object());
}

Result<std::map<std::string, std::string>> stored_string_map(std::string_view text, std::string_view what) {
  FESCUE_TRY(object, stored_object(text, what));
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : object) {
    if (!value.is_string()) return damaged(what, "a member is not a string");
    out[std::string(name)] = std::string(value.get_string());
  }
  return out;
}

}  // namespace fescue::cloud
