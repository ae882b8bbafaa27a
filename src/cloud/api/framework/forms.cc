// Reading a form's fields, and writing XML from values.
#include "cloud/api/framework/forms.h"

#include <fmt/format.h>

#include "cloud/api/framework/error_forms.h"
#include "cloud/api/framework/errors.h"
#include "cloud/api/framework/tags.h"

namespace fescue::cloud {

namespace {

void append_xml(std::string& out, const json::value& value);

void append_element(std::string& out, std::string_view name, const json::value& value) {
  out += fmt::format("<{}>", name);
  append_xml(out, value);
  out += fmt::format("</{}>", name);
}

void append_xml(std::string& out, const json::value& value) {
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) append_element(out, member.key(), member.value());
  } else if (const json::array* list = value.if_array()) {
    for (const json::value& item : *list) append_element(out, "member", item);
  } else if (const json::string* text = value.if_string()) {
    out += escape_xml(*text);
  } else {
    out += json::serialize(value);  // numbers and truths look alike in both
  }
}

bool form_has(const ApiRequest& request, std::string_view name) {
  for (const auto& field : request.query) {
    if (field.first == name) return true;
  }
  return false;
}

}  // namespace

ApiValue<std::string> required_field(const ApiRequest& request, std::string_view name, const TextRule& rule) {
  const std::string text = request.query_or(name, "");
  if (text.empty()) return constraint_error(request.operation->service, fmt::format("{} is required.", name));
  FESCUE_CHECK(check_text(request.operation->service, name, text, rule));
  return text;
}

std::vector<std::string> field_list(const ApiRequest& request, std::string_view name, std::string_view suffix) {
  std::vector<std::string> values;
  for (std::size_t i = 1; i <= request.query.size(); ++i) {
    const std::string field = fmt::format("{}.member.{}{}", name, i, suffix);
    if (!form_has(request, field)) break;
    values.push_back(request.query_or(field, ""));
  }
  return values;
}

ApiValue<std::map<std::string, std::string>> field_tags(const ApiRequest& request) {
  const auto keys = field_list(request, "Tags", ".Key"), values = field_list(request, "Tags", ".Value");
  json::object map;
  for (std::size_t i = 0; i < keys.size(); ++i) map[keys[i]] = i < values.size() ? values[i] : std::string();
  const json::object whole{{"Tags", std::move(map)}};
  return read_tags(Members(request.operation->service, whole, ""), "Tags");
}

json::array tag_list(const std::map<std::string, std::string>& tags) {
  json::array list;
  for (const auto& [key, value] : tags) list.push_back(json::object{{"Key", key}, {"Value", value}});
  return list;
}

HttpResponse query_response(const ApiRequest& request, const json::object& result) {
  const std::string_view operation = request.operation->name;
  std::string body = fmt::format("<{}Response xmlns=\"{}\">", operation, xml_namespace(request.operation->service));
  if (!result.empty()) append_element(body, fmt::format("{}Result", operation), result);
  body += fmt::format("<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{}Response>", request.request_id,
                      operation);
  return make_response(200, "text/xml", std::move(body));
}

}  // namespace fescue::cloud
