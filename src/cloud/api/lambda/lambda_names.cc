// Taking the spellings of a function's name apart, and finding the version that one leads to.
#include "cloud/api/lambda/lambda_names.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "base/text/parse_number.h"
#include "base/text/split.h"
#include "cloud/api/framework/errors.h"
#include "cloud/api/framework/whereabouts.h"
#include "cloud/store/function_store.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxReference = 256;
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxQualifier = 128;

bool is_word_character(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }
bool is_word(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_word_character); }
bool is_account(std::string_view text) { return text.size() == 12 && std::ranges::all_of(text, is_digit); }

/// "us-west-2": two letters, words, a digit at the end.
bool is_region(std::string_view text) {
  const bool lower = std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
  return lower && text.size() > 5 && text[2] == '-' && is_digit(text.back()) && text[text.size() - 2] == '-';
}

ApiError bad_reference(std::string_view text) {
  return constraint_error(
      Service::lambda, fmt::format("1 validation error detected: Value '{}' at 'functionName' is not a function name, "
                                   "a partial ARN or an ARN.",
                                   text.substr(0, kMaxReference)));
}

bool is_qualifier(std::string_view text) {
  return text == "$LATEST" || (text.size() <= kMaxQualifier && is_word(text));
}

}  // namespace

ApiValue<FunctionReference> parse_function_reference(const CloudConfig& config, std::string_view text) {
  if (text.empty() || text.size() > kMaxReference) return bad_reference(text);
  std::vector<std::string_view> parts = split(text, ':');
  std::size_t at = 0;
  if (parts[0] == "arn") {
    if (parts.size() < 7 || !parts[1].starts_with("aws") || parts[2] != "lambda" || parts[5] != "function") {
      return bad_reference(text);
    }
    at = 3;
  }
  const auto take_if = [&](bool matches) {
    return at + 1 < parts.size() && matches ? parts[at++] : std::string_view();
  };
  const std::string_view region = take_if(is_region(parts[at]));
  const std::string_view account = take_if(is_account(parts[at]));
  take_if(parts[at] == "function");
  const std::string_view name = parts[at++];
  const std::string_view qualifier = at < parts.size() ? parts[at++] : std::string_view();
  if (at != parts.size() || !is_word(name) || name.size() > kMaxName) return bad_reference(text);
  if (text.ends_with(':') || (!qualifier.empty() && !is_qualifier(qualifier))) return bad_reference(text);
  const bool is_foreign =
      (!region.empty() && region != config.region.view()) || (!account.empty() && account != config.account.view());
  if (is_foreign) {
    return ApiError(404, "ResourceNotFoundException",
                    fmt::format("Function not found: {} ({})", text, where_this_is(config)));
  }
  return FunctionReference{std::string(name), std::string(qualifier)};
}

ApiValue<FunctionReference> function_reference(const CloudConfig& config, const ApiRequest& request) {
  FESCUE_TRY(reference, parse_function_reference(config, request.labels[0]));
  const std::string query = request.query_or("Qualifier", "");
  if (query.empty()) return reference;
  if (!is_qualifier(query)) {
    return constraint_error(Service::lambda,
                            fmt::format("1 validation error detected: Value '{}' at 'qualifier' is not "
                                        "a version or an alias.",
                                        query.substr(0, kMaxQualifier)));
  }
  if (!reference.qualifier.empty() && reference.qualifier != query) {
    return ApiError(400, "InvalidParameterValueException",
                    fmt::format("The derived qualifier from the function name ({}) does not match the specified "
                                "qualifier ({}).",
                                reference.qualifier, query));
  }
  reference.qualifier = query;
  return reference;
}

ApiValue<std::string> unqualified_name(const CloudConfig& config, const ApiRequest& request) {
  FESCUE_TRY(reference, function_reference(config, request));
  if (reference.qualifier.empty() || reference.qualifier == "$LATEST") return std::move(reference.name);
  return ApiError(400, "InvalidParameterValueException",
                  fmt::format("{} works on functions, not on versions and aliases: give a function name or an "
                              "unqualified function ARN.",
                              request.operation->name));
}

ApiValue<LambdaVersion> find_latest(ControlPlane& plane, std::string_view name) {
  return find_function(plane, {std::string(name), ""});
}

ApiValue<LambdaVersion> find_function(ControlPlane& plane, const FunctionReference& reference) {
  const FunctionStore store(plane.database);
  std::optional<std::int64_t> number =
      reference.qualifier.empty() ? kLatest : parse_version_number(reference.qualifier);
  if (!number) {
    FESCUE_TRY(alias, store.find_alias(reference.name, reference.qualifier));
    if (!alias) return function_not_found(plane.config, reference.name, reference.qualifier);
    number = alias->version;
  }
  FESCUE_TRY(version, store.find(reference.name, *number));
  if (!version) return function_not_found(plane.config, reference.name, reference.qualifier);
  return std::move(*version);
}

ApiError invalid_value(std::string message) { return {400, "InvalidParameterValueException", std::move(message)}; }

std::optional<std::int64_t> parse_version_number(std::string_view text) {
  if (text == "$LATEST") return kLatest;
  const auto number = parse_number<std::int64_t>(text);
  if (!number || text.front() == '-') return std::nullopt;
  return number == kLatest ? std::optional<std::int64_t>(-1) : number;  // there is no version 0
}

std::string version_text(std::int64_t number) { return number == kLatest ? "$LATEST" : std::to_string(number); }

std::string function_arn(const CloudConfig& config, std::string_view name, std::string_view qualifier) {
  return FunctionArn::make(config.region, config.account, name, qualifier).str();
}

ApiError function_not_found(const CloudConfig& config, std::string_view name, std::string_view qualifier) {
  return {404, "ResourceNotFoundException",
          fmt::format("Function not found: {}", function_arn(config, name, qualifier))};
}

}  // namespace fescue::cloud
