// Names, weights and JSON of aliases, and the five operations on them.
#include "cloud/api/lambda/lambda_aliases.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "cloud/api/framework/errors.h"
#include "cloud/api/framework/pages.h"
#include "cloud/api/lambda/lambda_names.h"
#include "cloud/api/lambda/lambda_versions.h"
#include "cloud/store/function_store.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxAliasName = 128;
constexpr TextRule kDescription{.max = 256};

/// [a-zA-Z0-9-_]+, not all digits.
ApiValue<void> check_name(std::string_view name) {
  static constexpr std::string_view kDigits = "0123456789";
  static constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  const bool legal = !name.empty() && name.size() <= kMaxAliasName &&
                     name.find_first_not_of(kAllowed) == std::string_view::npos &&
                     name.find_first_not_of(kDigits) != std::string_view::npos;
  if (legal) return {};
  return constraint_error(Service::lambda,
                          fmt::format("'{}' is not an alias name: 1 to 128 of [a-zA-Z0-9-_], not only digits.",
                                      name.substr(0, kMaxAliasName)));
}

ApiValue<std::int64_t> existing_version(ControlPlane& plane, std::string_view function, std::string_view text) {
  const auto number = parse_version_number(text);
  if (!number) {
    return constraint_error(Service::lambda,
                            fmt::format("FunctionVersion '{}' is neither $LATEST nor a number.", text));
  }
  FESCUE_TRY(version, FunctionStore(plane.database).find(function, *number));
  if (!version) return function_not_found(plane.config, function, text);
  return *number;
}

/// RoutingConfig.AdditionalVersionWeights: kept and given back; a core gets the alias's own version.
ApiValue<void> read_weights(ControlPlane& plane, const Members& body, LambdaAlias& alias) {
  FESCUE_TRY(routing, body.optional_object("RoutingConfig"));
  if (!routing) return {};
  alias.weights.clear();
  FESCUE_TRY(weights, routing->optional_object("AdditionalVersionWeights"));
  if (!weights) return {};
  for (const auto& member : weights->raw()) {
    FESCUE_CHECK(existing_version(plane, alias.function, member.key()));
    boost::system::error_code error;
    const double weight = member.value().is_number() ? member.value().to_number<double>(error) : -1.0;
    if (error || !(weight >= 0.0 && weight <= 1.0)) return weights->refuse(member.key(), "must be between 0 and 1.");
    alias.weights[std::string(member.key())] = weight;
  }
  return {};
}

json::object alias_json(const CloudConfig& config, const LambdaAlias& alias) {
  json::object out{{"AliasArn", function_arn(config, alias.function, alias.name)},
                   {"Name", alias.name},
                   {"FunctionVersion", version_text(alias.version)},
                   {"Description", alias.description},
                   {"RevisionId", alias.revision_id}};
  if (alias.weights.empty()) return out;
  json::object weights;
  for (const auto& [version, weight] : alias.weights) weights[version] = weight;
  out["RoutingConfig"] = json::object{{"AdditionalVersionWeights", std::move(weights)}};
  return out;
}

struct AliasReference {
  std::string function, name;
};

ApiValue<AliasReference> alias_reference(const CloudConfig& config, const ApiRequest& request) {
  FESCUE_TRY(function, unqualified_name(config, request));
  FESCUE_CHECK(check_name(request.labels[1]));
  return AliasReference{std::move(function), request.labels[1]};
}

ApiValue<LambdaAlias> find_alias(ControlPlane& plane, const AliasReference& reference) {
  FESCUE_TRY(alias, FunctionStore(plane.database).find_alias(reference.function, reference.name));
  if (alias) return std::move(*alias);
  return ApiError(
      404, "ResourceNotFoundException",
      fmt::format("Cannot find alias arn: {}", function_arn(plane.config, reference.function, reference.name)));
}

}  // namespace

Task<ApiResult> create_alias(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  LambdaAlias alias;
  FESCUE_CO_TRY(function, unqualified_name(plane.config, request));
  alias.function = std::move(function);
  FESCUE_CO_TRY(name, body.required_string("Name"));
  FESCUE_CO_CHECK(check_name(name));
  alias.name = std::move(name);
  FESCUE_CO_CHECK(find_latest(plane, alias.function));
  FESCUE_CO_TRY(version_name, body.required_string("FunctionVersion"));
  FESCUE_CO_TRY(version, existing_version(plane, alias.function, version_name));
  alias.version = version;
  FESCUE_CO_TRY(description, body.optional_string("Description", kDescription));
  alias.description = description.value_or("");
  FESCUE_CO_CHECK(read_weights(plane, body, alias));
  alias.revision_id = random_uuid();
  const auto created = FunctionStore(plane.database).create_alias(alias);
  if (!created && created.error().code() == Code::already_exists) {
    co_return ApiError(409, "ResourceConflictException",
                       fmt::format("Alias already exists: {}", function_arn(plane.config, alias.function, alias.name)));
  }
  FESCUE_CO_CHECK(created);
  co_return json_response(201, alias_json(plane.config, alias));
}

Task<ApiResult> get_alias(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, alias_reference(plane.config, request));
  FESCUE_CO_TRY(alias, find_alias(plane, reference));
  co_return json_response(200, alias_json(plane.config, alias));
}

Task<ApiResult> update_alias(ControlPlane& plane, ApiRequest request) {
  const Members body(request);
  FESCUE_CO_TRY(reference, alias_reference(plane.config, request));
  FESCUE_CO_TRY(alias, find_alias(plane, reference));
  FESCUE_CO_CHECK(check_revision(body, alias.revision_id));
  FESCUE_CO_TRY(version_name, body.optional_string("FunctionVersion"));
  if (version_name) {
    FESCUE_CO_TRY(version, existing_version(plane, alias.function, *version_name));
    alias.version = version;
  }
  FESCUE_CO_TRY(description, body.optional_string("Description", kDescription));
  if (description) alias.description = std::move(*description);
  FESCUE_CO_CHECK(read_weights(plane, body, alias));
  alias.revision_id = random_uuid();
  FESCUE_CO_CHECK(FunctionStore(plane.database).update_alias(alias));
  co_return json_response(200, alias_json(plane.config, alias));
}

Task<ApiResult> delete_alias(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(reference, alias_reference(plane.config, request));
  FESCUE_CO_CHECK(FunctionStore(plane.database).remove_alias(reference.function, reference.name));
  co_return empty_response(204);
}

Task<ApiResult> list_aliases(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(function, unqualified_name(plane.config, request));
  FESCUE_CO_CHECK(find_latest(plane, function));
  FESCUE_CO_TRY(page,
                query_page(request, {.size = "MaxItems", .token = "Marker", .default_size = 50, .max_size = 10000}));
  const std::string version_name = request.query_or("FunctionVersion", "");
  std::optional<std::int64_t> version;
  if (!version_name.empty()) {
    FESCUE_CO_TRY(number, existing_version(plane, function, version_name));
    version = number;
  }
  FESCUE_CO_TRY(aliases, FunctionStore(plane.database).list_aliases(function, version, page.after, page.limit + 1));
  const auto next = cut_page(request, page, aliases, [](const LambdaAlias& alias) { return alias.name; });
  json::array out;
  for (const LambdaAlias& alias : aliases) out.push_back(alias_json(plane.config, alias));
  json::object answer{{"Aliases", std::move(out)}};
  if (next) answer["NextMarker"] = *next;
  co_return json_response(200, answer);
}

}  // namespace fescue::cloud
