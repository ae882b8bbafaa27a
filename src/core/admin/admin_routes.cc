// The owner's requests: their parameters, who answers them, and the form of each answer.
#include "core/admin/admin_routes.h"

#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/json_escape.h"
#include "base/log.h"
#include "base/log_throttle.h"
#include "base/text/parse_number.h"
#include "base/text/split.h"
#include "core/admin/function_names.h"
#include "core/admin/invoke_operation.h"
#include "core/admin/log_files.h"
#include "core/admin/refusals.h"
#include "sys/storage/log_tail.h"

namespace fescue {

namespace json = boost::json;

namespace {

constexpr std::size_t kDefaultLines = 100;
constexpr std::size_t kMaxLines = 10000;
constexpr std::size_t kMaxLoggedPath = 512;
constexpr std::size_t kMaxLogBytes = 1024 * 1024;
constexpr std::string_view kInvokeBase = "/2015-03-31/";

using Query = std::map<std::string, std::string>;

HttpResponse json_response(std::string body) { return make_response(200, media_type::kJson, std::move(body)); }

HttpResponse error_response(unsigned status, std::string_view message) {
  return make_response(status, media_type::kJson, fmt::format("{{\"message\":{}}}", json_quote(message)));
}

HttpResponse error_response(const Error& error) { return error_response(http_status(error.code()), error.message()); }

Result<Query> query_of(const HttpRequest& request) {
  FESCUE_TRY(pairs, parse_query(request.query()));
  return Query(pairs.begin(), pairs.end());
}

Result<std::string> required(const Query& query, const std::string& name) {
  const auto found = query.find(name);
  if (found == query.end() || found->second.empty()) {
    return Error(Code::invalid_argument, fmt::format("\"{}\" is missing or empty", name));
  }
  return found->second;
}

Result<Explanation> explain_query(const AdminView& view, const HttpRequest& request) {
  FESCUE_TRY(query, query_of(request));
  FESCUE_TRY(from, required(query, "from"));
  FESCUE_TRY(topic_text, required(query, "topic"));
  FESCUE_TRY(source, parse_source(from, view.deployed()));
  FESCUE_TRY(topic, Topic::parse(topic_text));
  return view.explain(source, topic);
}

HttpResponse explain_response(const AdminView& view, const HttpRequest& request) {
  const auto explanation = explain_query(view, request);
  return explanation ? json_response(to_json(*explanation)) : error_response(explanation.error());
}

/// "INODE:OFFSET", opaque to callers.
std::string position_text(const LogPosition& position) { return fmt::format("{}:{}", position.inode, position.offset); }

Result<LogPosition> parse_position(std::string_view text) {
  const auto parts = split(text, ':');
  const auto inode = parse_number<decltype(LogPosition::inode)>(parts.front());
  const auto offset = parse_number<decltype(LogPosition::offset)>(parts.back());
  if (parts.size() != 2 || !inode || !offset) {
    return Error(Code::invalid_argument, "from is not a Fescue-Log-Position");
  }
  return LogPosition{*inode, *offset};
}

Result<LogText> log_query(const CoreLayout& layout, const HttpRequest& request) {
  FESCUE_TRY(query, query_of(request));
  FESCUE_TRY(name, required(query, "log"));
  FESCUE_TRY(path, find_log(layout, name));
  if (const auto from = query.find("from"); from != query.end()) {
    FESCUE_TRY(position, parse_position(from->second));
    return read_log(path, position, kMaxLogBytes);
  }
  const auto wanted = query.find("lines");
  const auto lines = wanted == query.end() ? kDefaultLines : parse_number<std::size_t>(wanted->second);
  if (!lines || *lines > kMaxLines) {
    return Error(Code::invalid_argument, fmt::format("lines is not a number from 0 to {}", kMaxLines));
  }
  return tail_log(path, *lines, kMaxLogBytes);
}

HttpResponse logs_response(const CoreLayout& layout, const HttpRequest& request) {
  auto log = log_query(layout, request);
  if (!log) return error_response(log.error());
  HttpResponse response = make_response(200, media_type::kText, std::move(log->text));
  response.headers.add("Fescue-Log-Position", position_text(log->next));
  return response;
}

Result<FunctionView> function_query(const AdminView& view, const HttpRequest& request) {
  FESCUE_TRY(query, query_of(request));
  FESCUE_TRY(name, required(query, "name"));
  FESCUE_TRY(arn, resolve_function(name, "", view.deployed()));
  auto found = view.function(arn);
  if (!found) return Error(Code::not_found, fmt::format("{} is not deployed", arn.str()));
  return std::move(*found);
}

HttpResponse function_response(const AdminView& view, const HttpRequest& request) {
  const auto found = function_query(view, request);
  return found ? json_response(to_json(*found)) : error_response(found.error());
}

HttpResponse not_allowed(std::string_view method) {
  HttpResponse response = error_response(405, fmt::format("only {} is possible here", method));
  response.headers.add("Allow", std::string(method));
  return response;
}

json::object row_json(const Subscription& row) {
  return {{"id", row.id}, {"source", row.source.str()}, {"subject", row.subject.str()}, {"target", row.target.str()}};
}

}  // namespace

void AdminRoutes::handle(HttpExchangePtr exchange) {
  if (!exchange->request().path().starts_with(kInvokeBase)) return respond(*exchange, answer(exchange->request()));
  if (exchange->request().method != "POST") return respond(*exchange, not_allowed("POST"));
  invoke(std::move(exchange));
}

void AdminRoutes::respond(HttpExchange& exchange, HttpResponse response) {
  const bool is_refused = response.status >= 400 && response.status < 500;
  if (is_refused && is_logged_at(++refused_)) {  // the owner sees them all; the log need not
    log::warn("A request of the owner was refused.", {{"method", exchange.request().method},
                                                      {"path", exchange.request().path().substr(0, kMaxLoggedPath)},
                                                      {"status", response.status},
                                                      {"refusedSoFar", refused_}});
  }
  exchange.respond(std::move(response));
}

HttpResponse AdminRoutes::answer(const HttpRequest& request) const {
  const std::string_view path = request.path();
  const bool is_known = path == "/v1/status" || path == "/v1/functions" || path == "/v1/metrics" ||
                        path == "/v1/explain" || path == "/v1/logs";
  if (!is_known) {
    return error_response(
        404,
        "there is nothing here; see /v1/status, /v1/functions, /v1/metrics, /v1/explain, /v1/logs and "
        "/2015-03-31/functions/NAME/invocations");
  }
  if (request.method != "GET") return not_allowed("GET");
  if (path == "/v1/status") return json_response(view_.status_json());
  if (path == "/v1/functions") return function_response(view_, request);
  if (path == "/v1/explain") return explain_response(view_, request);
  if (path == "/v1/logs") return logs_response(layout_, request);
  return make_response(200, "text/plain; version=0.0.4; charset=utf-8", view_.metrics_text());
}

void AdminRoutes::add_status(json::object& status) const { refused_json(status)["refused_of_owner"] = refused_; }

void AdminRoutes::add_metrics(MetricsText& out) const {
  out.counter(kIpcRefused, kIpcRefusedHelp, refused_, {{"cause", "owner"}});
}

void AdminRoutes::invoke(HttpExchangePtr exchange) {
  auto request = take_lambda_invoke(exchange->request());
  if (!request) return respond(*exchange, error_response(404, "only functions/NAME/invocations is here"));
  if (view_.starting()) return exchange->respond(error_response(503, "the core is starting; ask again in a moment"));
  invoke_lambda(invoker_, view_.deployed(), std::move(*request),
                [this, exchange](HttpResponse response) { respond(*exchange, std::move(response)); });
}

Result<Endpoint> parse_source(std::string_view text, const std::vector<FunctionArn>& deployed) {
  if (text == "cloud") return Endpoint::cloud();
  if (text == "shadow" || text == Endpoint::shadow().str()) return Endpoint::shadow();
  if (const auto thing = ThingArn::parse(text)) return Endpoint::thing(*thing);
  FESCUE_TRY(function, resolve_function(text, "", deployed));
  return Endpoint::function(function);
}

std::string to_json(const Explanation& explanation) {
  json::array rows, targets, near_misses, other_drops;
  for (const Subscription& row : explanation.rows) rows.push_back(row_json(row));
  for (const Endpoint& target : explanation.targets) targets.push_back(json::string(target.str()));
  for (const NearMiss& miss : explanation.near_misses) {
    near_misses.push_back(json::object{{"row", row_json(miss.row)}, {"why", miss.why}});
  }
  for (const Drop& drop : explanation.other_drops) {
    other_drops.push_back(json::object{{"topic", drop.topic.str()}, {"count", drop.count}});
  }
  return json::serialize(json::object{{"source", explanation.source.str()},
                                      {"topic", explanation.topic.str()},
                                      {"rows", std::move(rows)},
                                      {"targets", std::move(targets)},
                                      {"near_misses", std::move(near_misses)},
                                      {"dropped", explanation.dropped},
                                      {"other_drops", std::move(other_drops)}});
}

}  // namespace fescue
