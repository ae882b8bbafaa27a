// Service by scope, target or path; operation by segments, the more literal ones first.
#include "cloud/api/framework/api_router.h"

#include <algorithm>
#include <array>

#include "base/text/utf8.h"
#include "sys/sigv4/aws_sigv4.h"

namespace fescue::cloud {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool starts_with_any(std::string_view path, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) { return path.starts_with(p); });
}

constexpr std::array<std::string_view, 11> kLambdaPrefixes = {
    "/2015-03-31/", "/2014-11-13/", "/2016-08-19/", "/2017-03-31/", "/2017-10-31/", "/2018-10-31/",
    "/2019-09-30/", "/2020-06-30/", "/2021-07-20/", "/2021-10-31/", "/2021-11-15/"};

constexpr std::array<std::string_view, 4> kDataPrefixes = {"/topics/", "/api/things/shadow/", "/retainedMessage",
                                                           "/connections/"};

bool is_data_path(std::string_view path) {
  if (starts_with_any(path, kDataPrefixes)) return true;
  return path.starts_with("/things/") && path.ends_with("/shadow");
}

std::optional<Service> service_of_scope(std::string_view name, std::string_view path) {
  if (name == "greengrass") return Service::greengrass;
  if (name == "lambda") return Service::lambda;
  if (name == "sts") return Service::sts;
  if (name == "secretsmanager") return Service::secrets_manager;
  if (name == "logs") return Service::logs;
  if (name == "fescue") return Service::keys;
  // botocore 1.29 signs the registry as `execute-api`; mixing up iot and iotdata is forgiven.
  if (name == "iot" || name == "execute-api" || name == "iotdata") {
    return is_data_path(path) ? Service::iot_data : Service::iot;
  }
  return std::nullopt;
}

std::string_view target_prefix(Service service) {
  return service == Service::logs ? "Logs_20140328." : "secretsmanager.";
}

Service service_of_path(const HttpRequest& request) {
  const std::string_view path = request.path();
  if (path == "/" || path.empty()) {
    const std::string_view target = request.headers.get("x-amz-target");
    if (target.starts_with(target_prefix(Service::secrets_manager))) return Service::secrets_manager;
    if (target.starts_with(target_prefix(Service::logs))) return Service::logs;
    return Service::sts;
  }
  if (path.starts_with("/_fescue/")) return Service::keys;
  if (path.starts_with("/greengrass/") || path.starts_with("/tags/")) return Service::greengrass;
  if (starts_with_any(path, kLambdaPrefixes)) return Service::lambda;
  return is_data_path(path) ? Service::iot_data : Service::iot;
}

ApiError unknown_operation(const HttpRequest& request) {
  return {404, "UnknownOperationException",
          "No operation answers " + request.method + " " + std::string(request.path()) + "."};
}

ApiError broken_target() { return {400, "SerializationException", "The request's path or query is not encoded well."}; }

bool is_text(const std::string& text) { return is_valid_utf8(text) && text.find('\0') == std::string::npos; }

bool are_text(const Pairs& pairs) {
  return std::all_of(pairs.begin(), pairs.end(), [](const auto& p) { return is_text(p.first) && is_text(p.second); });
}

std::vector<std::string> segments_of_pattern(std::string_view pattern) {
  auto segments = path_segments(pattern).value();
  for (std::string& segment : segments) {
    if (segment.starts_with('{')) segment.clear();
  }
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!pattern[i].empty() && pattern[i] != segments[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<Service> service_of(const HttpRequest& request) {
  if (const auto scope = parse_sigv4_scope(request)) return service_of_scope(scope->service, request.path());
  return service_of_path(request);
}

Router::Router(std::span<const Operation> table) : table_(table) {
  for (const Operation& operation : table) {
    if (!operation.pattern.empty()) rows_.push_back({&operation, segments_of_pattern(operation.pattern)});
  }
  const auto labels = [](const Row& row) { return std::count(row.segments.begin(), row.segments.end(), ""); };
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return labels(a) < labels(b); });
}

ApiValue<Router::Match> Router::match_path(Service service, const HttpRequest& request) const {
  auto segments = path_segments(request.path());
  auto query = parse_query(request.query());
  if (!segments || !query || !are_text(*query)) return broken_target();
  if (!std::all_of(segments->begin(), segments->end(), is_text)) return broken_target();
  // Old clients end some paths with a slash.
  if (segments->size() > 1 && segments->back().empty()) segments->pop_back();

  for (const Row& row : rows_) {
    if (row.operation->service != service || row.operation->method != request.method) continue;
    if (!fits(row.segments, *segments)) continue;
    Match match{row.operation, {}, std::move(*query)};
    for (std::size_t i = 0; i < row.segments.size(); ++i) {
      if (row.segments[i].empty()) match.labels.push_back(std::move((*segments)[i]));
    }
    return match;
  }
  return unknown_operation(request);
}

ApiValue<Router::Match> Router::match_name(Service service, std::string_view name) const {
  for (const Operation& operation : table_) {
    if (operation.service == service && operation.name == name) return Match{&operation, {}, {}};
  }
  return ApiError(404, "UnknownOperationException", "No operation is called '" + std::string(name) + "'.");
}

ApiValue<Router::Match> Router::match(Service service, const HttpRequest& request) const {
  switch (service) {
    case Service::secrets_manager:
    case Service::logs: {
      std::string_view target = request.headers.get("x-amz-target");
      const std::string_view prefix = target_prefix(service);
      if (!target.starts_with(prefix)) return unknown_operation(request);
      return match_name(service, target.substr(prefix.size()));
    }
    case Service::sts: {
      const bool in_query = request.body.empty();
      auto fields = parse_query(in_query ? request.query() : std::string_view(request.body), PlusMeans::space);
      if (!fields || !are_text(*fields)) return broken_target();
      const auto action =
          std::find_if(fields->begin(), fields->end(), [](const auto& f) { return f.first == "Action"; });
      if (action == fields->end()) return unknown_operation(request);
      FESCUE_TRY(match, match_name(service, action->second));
      match.query = std::move(*fields);
      return match;
    }
    default:
      return match_path(service, request);
  }
}

}  // namespace fescue::cloud
