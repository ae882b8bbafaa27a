// Looking up members of any type without ever failing.
#include "cli/output/core_document.h"

#include "base/printable.h"

namespace fescue::cli {

namespace json = boost::json;

const json::value& member(const json::value& value, std::string_view name) {
  static const json::value absent;
  const json::object* object = value.if_object();
  const json::value* found = object ? object->if_contains(name) : nullptr;
  return found ? *found : absent;
}

std::string text(const json::value& value, std::string_view name) {
  const json::string* found = member(value, name).if_string();
  return found ? std::string(*found) : "";
}

std::string line(const json::value& value, std::string_view name) {
  return printable(text(value, name), LineEnds::escape);
}

std::uint64_t number(const json::value& value, std::string_view name) {
  boost::system::error_code failure;
  const auto found = member(value, name).to_number<std::uint64_t>(failure);
  return failure ? 0 : found;
}

const json::array& items(const json::value& value, std::string_view name) {
  static const json::array none;
  const json::array* found = member(value, name).if_array();
  return found ? *found : none;
}

bool flag(const json::value& value, std::string_view name) {
  const bool* found = member(value, name).if_bool();
  return found && *found;
}

}  // namespace fescue::cli
