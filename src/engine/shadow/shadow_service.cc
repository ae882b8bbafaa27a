// One request on a shadow, decided.
#include "engine/shadow/shadow_service.h"

#include <fmt/format.h>

namespace fescue {

namespace json = boost::json;

namespace {

Error missing(const ShadowName& shadow) {
  return Error(Code::not_found, fmt::format("No shadow exists with name: '{}{}{}'", shadow.thing.view(),
                                            shadow.name.empty() ? "" : "~", shadow.name));
}

Result<ShadowOutcome> updated(std::string_view payload, const StoredShadow& stored, std::int64_t now) {
  FESCUE_TRY(update, parse_shadow_update(payload));
  FESCUE_TRY(next, updated_shadow(stored.document, update, now));
  ShadowOutcome outcome{accepted_json(update, next), std::nullopt, {}};
  outcome.notices.push_back({"update/accepted", outcome.answer});
  outcome.notices.push_back({"update/documents", documents_json(update, stored.document, next)});
  if (!shadow_delta(next).empty()) outcome.notices.push_back({"update/delta", delta_json(update, next)});
  outcome.next = StoredShadow{std::move(next), true};
  return outcome;
}

/// The version stays behind.
ShadowOutcome removed(const ShadowDocument& document, std::int64_t now) {
  std::string answer = json::serialize(json::object{{"version", document.version}, {"timestamp", now}});
  StoredShadow next;
  next.document.version = document.version;
  next.document.timestamp = document.timestamp;
  return {answer, std::move(next), {{"delete/accepted", answer}}};
}

int status_of(Code code) {
  switch (code) {
    case Code::not_found:
      return 404;
    case Code::conflict:
      return 409;
    case Code::too_large:
      return 413;
    default:
      return 400;
  }
}

}  // namespace

std::string shadow_topic(const ShadowName& shadow, std::string_view what) {
  const std::string middle = shadow.name.empty() ? "" : fmt::format("name/{}/", shadow.name);
  return fmt::format("$aws/things/{}/shadow/{}{}", shadow.thing.view(), middle, what);
}

Result<ShadowOperation> parse_shadow_operation(std::string_view text) {
  if (text == "get") return ShadowOperation::get;
  if (text == "update") return ShadowOperation::update;
  if (text == "delete") return ShadowOperation::remove;
  return Error(Code::invalid_argument, fmt::format("shadows have no operation {}", text));
}

Result<ShadowSubject> parse_shadow_subject(std::string_view topic) {
  constexpr std::string_view kBegin = "$aws/things/", kMiddle = "/shadow/";
  const std::size_t middle = topic.rfind(kMiddle);
  if (!topic.starts_with(kBegin) || middle == std::string_view::npos || middle < kBegin.size()) {
    return Error(Code::invalid_argument, fmt::format("{} is not the topic of a shadow", topic));
  }
  FESCUE_TRY(thing, parse_thing_name(topic.substr(kBegin.size(), middle - kBegin.size())));
  return ShadowSubject{std::move(thing), std::string(topic.substr(middle + kMiddle.size()))};
}

Result<ShadowOutcome> serve_shadow(const ShadowRequest& request, const StoredShadow& stored, std::int64_t now) {
  if (request.operation == ShadowOperation::update) return updated(request.payload, stored, now);
  if (!stored.exists) return missing(request.shadow);
  if (request.operation == ShadowOperation::remove) return removed(stored.document, now);
  return ShadowOutcome{get_json(stored.document, now), std::nullopt, {}};
}

std::string rejected_json(const Error& error, std::int64_t now) {
  return json::serialize(
      json::object{{"code", status_of(error.code())}, {"message", error.message()}, {"timestamp", now}});
}

}  // namespace fescue
