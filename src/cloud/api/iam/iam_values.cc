// IAM's patterns, and its words for what is not there.
#include "cloud/api/iam/iam_values.h"

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "cloud/store/iam/iam_store.h"

namespace fescue::cloud::iam {

namespace {

constexpr std::size_t kMaxDocument = 131'072;  // of the model

bool is_name_character(char c) {
  return is_alphanumeric(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos;
}

constexpr TextRule name_rule(std::size_t max) {
  return {.min = 1, .max = max, .allowed = is_name_character, .pattern = "[\\w+=,.@-]+"};
}

bool is_path_character(char c) { return c > 0x20 && c < 0x7f; }

}  // namespace

ApiValue<std::string> role_name(const ApiRequest& request) {
  return required_field(request, "RoleName", name_rule(64));
}

ApiValue<std::string> policy_name(const ApiRequest& request) {
  return required_field(request, "PolicyName", name_rule(128));
}

ApiValue<std::string> path_of(const ApiRequest& request) {
  std::string path = request.query_or("Path", "/");
  const TextRule rule{.min = 1, .max = 512, .allowed = is_path_character, .pattern = "/ or /.../"};
  FESCUE_CHECK(check_text(Service::iam, "Path", path, rule));
  if (path.front() == '/' && path.back() == '/') return path;
  return Error(Code::invalid_argument, "Path must begin and end with a slash.");
}

ApiValue<std::string> description_of(const ApiRequest& request) {
  std::string text = request.query_or("Description", "");
  FESCUE_CHECK(check_text(Service::iam, "Description", text, {.max = 1000}));
  return text;
}

ApiValue<std::string> document_of(const ApiRequest& request, std::string_view field) {
  FESCUE_TRY(text, required_field(request, field, {.min = 1, .max = kMaxDocument}));
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (!error && document.is_object()) return text;
  return ApiError(400, "MalformedPolicyDocument", fmt::format("{} must be a JSON object.", field));
}

ApiValue<IamRole> find_role(ControlPlane& plane, const ApiRequest& request) {
  FESCUE_TRY(name, role_name(request));
  FESCUE_TRY(role, IamStore(plane.database).find_role(name));
  if (!role) return no_such_entity(fmt::format("The role with name {} cannot be found.", name));
  return std::move(*role);
}

ApiValue<IamPolicy> find_policy(ControlPlane& plane, const ApiRequest& request) {
  FESCUE_TRY(arn, required_field(request, "PolicyArn", {.min = 20, .max = 2048}));
  FESCUE_TRY(policy, IamStore(plane.database).find_policy(arn));
  if (!policy) return no_such_entity(fmt::format("Policy {} does not exist or is not attachable.", arn));
  return std::move(*policy);
}

std::string entity_arn(const ControlPlane& plane, std::string_view kind, std::string_view path, std::string_view name) {
  return fmt::format("arn:aws:iam::{}:{}{}{}", plane.config.account.view(), kind, path, name);
}

ApiError no_such_entity(std::string message) { return {404, "NoSuchEntity", std::move(message)}; }

ApiError limit_exceeded(std::string_view what, std::size_t most) {
  return {409, "LimitExceeded", fmt::format("Cannot exceed quota for {}: {}.", what, most)};
}

HttpResponse list_response(const ApiRequest& request, std::string_view member, json::array list,
                           const std::optional<std::string>& next) {
  json::object result{{member, std::move(list)}, {"IsTruncated", next.has_value()}};
  if (next) result["Marker"] = *next;
  return query_response(request, result);
}

}  // namespace fescue::cloud::iam
