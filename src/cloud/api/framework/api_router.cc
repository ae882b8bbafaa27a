// An operation by its path's segments, the more literal ones first, by its target or by its form's action.
#include "cloud/api/framework/api_router.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/text/utf8.h"

namespace fescue::cloud {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string_view target_prefix(Service service) {
  return service == Service::logs ? "Logs_20140328." : "secretsmanager.";
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

std::string no_such_operation(Service service, std::string_view name) {
  return fmt::format("Fescue's {} has no operation '{}'.", name_of(service), name.substr(0, 128));
}

bool has_field(const Pairs& fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const auto& field) { return field.first == name; });
}

/// "/path?name=value" in two.
std::pair<std::string_view, std::string_view> cut_query(std::string_view pattern) {
  const std::size_t mark = pattern.find('?');
  if (mark == std::string_view::npos) return {pattern, ""};
  return {pattern.substr(0, mark), pattern.substr(mark + 1)};
}

std::vector<std::string> segments_of_pattern(std::string_view pattern) {
  auto segments = path_segments(pattern).value();
  for (std::string& segment : segments) {
    if (segment.starts_with('{')) segment.clear();
  }
  return segments;
}

/// Whether the last segment of a pattern stands for all that follow, as {name+} does.
bool is_greedy(std::string_view pattern) { return pattern.ends_with("+}"); }

bool fits(const std::vector<std::string>& pattern, bool greedy, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size() && !(greedy && segments.size() > pattern.size())) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!pattern[i].empty() && pattern[i] != segments[i]) return false;
  }
  return true;
}

}  // namespace

Router::Router(std::span<const Operation> table) : table_(table) {
  for (const Operation& operation : table) {
    if (operation.pattern.empty()) continue;
    const auto [path, query] = cut_query(operation.pattern);
    rows_.push_back(
        {&operation, segments_of_pattern(path), std::string(query.substr(0, query.find('='))), is_greedy(path)});
  }
  const auto vagueness = [](const Row& row) {
    return std::tuple(row.greedy, std::count(row.segments.begin(), row.segments.end(), ""), row.needs.empty());
  };
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return vagueness(a) < vagueness(b); });
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
    if (!fits(row.segments, row.greedy, *segments)) continue;
    if (!row.needs.empty() && !has_field(*query, row.needs)) continue;
    Match match{row.operation, {}, std::move(*query)};
    for (std::size_t i = 0; i < row.segments.size(); ++i) {
      if (row.segments[i].empty()) match.labels.push_back(std::move((*segments)[i]));
    }
    for (std::size_t i = row.segments.size(); i < segments->size(); ++i) match.labels.back() += "/" + (*segments)[i];
    return match;
  }
  return unknown_operation(request);
}

const Operation* Router::find(Service service, std::string_view name) const {
  const auto found = std::ranges::find_if(
      table_, [&](const Operation& operation) { return operation.service == service && operation.name == name; });
  return found == table_.end() ? nullptr : &*found;
}

ApiValue<Router::Match> Router::match_target(Service service, const HttpRequest& request) const {
  std::string_view name = request.headers.get("x-amz-target");
  const std::string_view prefix = target_prefix(service);
  if (!name.starts_with(prefix)) return unknown_operation(request);
  name.remove_prefix(prefix.size());
  if (const Operation* operation = find(service, name)) return Match{operation, {}, {}};
  return ApiError(404, "UnknownOperationException", no_such_operation(service, name));
}

ApiValue<Router::Match> Router::match_form(Service service, const HttpRequest& request) const {
  const bool in_query = request.body.empty();
  auto fields = parse_query(in_query ? request.query() : std::string_view(request.body), PlusMeans::space);
  if (!fields || !are_text(*fields)) return broken_target();
  const auto action = std::ranges::find_if(*fields, [](const auto& field) { return field.first == "Action"; });
  if (action == fields->end()) return ApiError(400, "MissingAction", "The request has no Action.");
  const Operation* operation = find(service, action->second);
  if (operation == nullptr) return ApiError(400, "InvalidAction", no_such_operation(service, action->second));
  return Match{operation, {}, std::move(*fields)};
}

ApiValue<Router::Match> Router::match(Service service, const HttpRequest& request) const {
  switch (service) {
    case Service::secrets_manager:
    case Service::logs:
      return match_target(service, request);
    case Service::sts:
    case Service::iam:
      return match_form(service, request);
    default:
      return match_path(service, request);
  }
}

}  // namespace fescue::cloud
