// Each call as a line of the record, and its answer: told, kept here (shadows), or refused.
#include "core/local_run/recorder.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "ipc/publish_order.h"
#include "model/json_reader.h"
#include "model/reserved_topics.h"

namespace fescue {

namespace json = boost::json;

namespace {

std::string_view name_of(QueueFullPolicy policy) {
  return policy == QueueFullPolicy::all_or_error ? "AllOrError" : "BestEffort";
}

std::string_view name_of(InvocationType type) { return type == InvocationType::event ? "Event" : "RequestResponse"; }

struct ShadowRequest {
  std::string thing, operation;
};

/// Of the client context's subject: $aws/things/THING/shadow/OPERATION.
Result<ShadowRequest> parse_shadow_request(std::string_view context) {
  FESCUE_TRY(order, parse_publish_order(context));
  constexpr std::string_view kBegin = "$aws/things/", kMiddle = "/shadow/";
  std::string_view topic = order.topic.view();
  const std::size_t middle = topic.rfind(kMiddle);
  if (!topic.starts_with(kBegin) || middle == std::string_view::npos || middle < kBegin.size()) {
    return Error(Code::invalid_argument, fmt::format("{} is not the topic of a shadow", topic));
  }
  FESCUE_TRY(thing, parse_thing_name(topic.substr(kBegin.size(), middle - kBegin.size())));
  return ShadowRequest{thing.str(), std::string(topic.substr(middle + kMiddle.size()))};
}

/// (docs/compatibility/shadows.md#messages)
std::string shadow_failure(int code, std::string_view message, std::int64_t now) {
  return json::serialize(json::object{{"code", code}, {"message", message}, {"timestamp", now}});
}

int shadow_code(Code code) {
  if (code == Code::conflict) return 409;
  return code == Code::too_large ? 413 : 400;
}

bool goes_by(std::string_view name, const FunctionArn& arn) {
  return name == arn.str() || name == arn.name() || name == arn.unqualified().str() ||
         name == fmt::format("{}:{}", arn.name(), arn.qualifier());
}

}  // namespace

void put_payload(json::object& record, std::string_view payload) {
  if (payload.empty()) return;
  if (auto document = parse_json(payload)) {
    record["payload"] = std::move(*document);
  } else if (is_valid_utf8(payload)) {
    record["payload_text"] = payload;
  } else {
    record["payload_base64"] = base64_encode(payload);
  }
}

void Recorder::keep(json::object call) {
  if (calls_.size() == kMaxRecordedCalls) {
    ++left_out_;
  } else {
    calls_.push_back(std::move(call));
  }
}

Result<void> Recorder::publish(Message message, QueueFullPolicy policy) {
  FESCUE_CHECK(check_local_topic(message.topic));
  json::object call{{"call", "publish"}, {"topic", message.topic.str()}};
  put_payload(call, message.payload.view());
  call["queue_full_policy"] = name_of(policy);
  keep(std::move(call));
  return ok();
}

Result<void> Recorder::submit(Invocation invocation, ResultHandler done) {
  json::object call;
  auto result = answer(invocation, call);
  put_payload(call, invocation.payload.view());
  if (!result) call["refused"] = result.error().message();
  keep(std::move(call));
  if (!result) return result.error();
  if (done) done(std::move(*result));
  return ok();
}

Result<InvocationResult> Recorder::answer(const Invocation& invocation, json::object& call) {
  const FunctionArn service = invocation.target.is_system() ? invocation.target.unqualified() : FunctionArn();
  if (service == system_function::shadow) return answer_shadow(invocation, call);
  if (service == system_function::secret_manager) {
    call["call"] = "secret";
    return InvocationResult{FunctionError::none, Payload(answer_secret(invocation.payload.view()))};
  }
  call = {{"call", "invoke"}, {"function", invocation.target.str()}, {"type", name_of(invocation.type)}};
  const auto context = base64_decode(invocation.client_context);
  if (context && !context->empty()) {
    const auto document = parse_json(*context);
    call["client_context"] = document ? *document : json::value(*context);
  }
  return answer_function(invocation);
}

/// Nobody waits for the answer to an event, so there need not be one.
Result<InvocationResult> Recorder::answer_function(const Invocation& invocation) {
  for (auto& [name, answers] : answers_.functions) {
    if (!goes_by(name, invocation.target)) continue;
    InvocationResult answer = answers.front();
    if (answers.size() > 1) answers.erase(answers.begin());
    return answer;
  }
  if (invocation.type == InvocationType::event && !invocation.target.is_system()) return InvocationResult();
  return Error(Code::not_found, fmt::format("{} is not deployed to this core; name it under \"functions\" in the file "
                                            "of --answers",
                                            invocation.target.str()));
}

Result<InvocationResult> Recorder::answer_shadow(const Invocation& invocation, json::object& call) {
  call["call"] = "shadow";
  FESCUE_TRY(request, parse_shadow_request(invocation.client_context));
  call["operation"] = request.operation;
  call["thing"] = request.thing;
  const auto found = answers_.shadows.find(request.thing);
  const bool is_there = found != answers_.shadows.end() && found->second.document.version > 0;
  std::string body;
  if (found != answers_.shadows.end() && !found->second.failure.empty()) {
    body = found->second.failure;
  } else if (request.operation == "update") {
    body = update_shadow(request.thing, invocation.payload.view());
  } else if (request.operation != "get" && request.operation != "delete") {
    return Error(Code::invalid_argument, fmt::format("shadows have no operation {}", request.operation));
  } else if (!is_there) {
    body = shadow_failure(404, fmt::format("No shadow exists with name: '{}'", request.thing), clock_());
  } else if (request.operation == "get") {
    body = get_json(found->second.document, clock_());
  } else {
    body = json::serialize(json::object{{"version", found->second.document.version}, {"timestamp", clock_()}});
    answers_.shadows.erase(found);
  }
  return InvocationResult{FunctionError::none, Payload(std::move(body))};
}

std::string Recorder::update_shadow(const std::string& thing, std::string_view payload) {
  const auto failed = [&](const Error& error) {
    return shadow_failure(shadow_code(error.code()), error.message(), clock_());
  };
  const auto update = parse_shadow_update(payload);
  if (!update) return failed(update.error());
  ShadowDocument& document = answers_.shadows[thing].document;
  auto next = updated_shadow(document, *update, clock_());
  if (!next) return failed(next.error());
  document = std::move(*next);
  return accepted_json(*update, document);
}

/// CreatedDate is in milliseconds (docs/compatibility/local-api.md#secret-calls).
std::string Recorder::answer_secret(std::string_view request) const {
  const auto failed = [](int status, std::string_view message) {
    return json::serialize(json::object{{"Status", status}, {"Message", message}});
  };
  const auto document = parse_json(request);
  if (!document) return failed(400, "The request is not JSON");
  const JsonReader reader(*document, "request");
  const auto id = reader.string("SecretId");
  const auto stage = reader.string_or("VersionStage", "AWSCURRENT");
  if (!id || !stage) return failed(400, "SecretId and VersionStage are texts");
  for (const auto& [name, text] : answers_.secrets) {
    const bool named = *id == name || id->find(":secret:" + name + "-") != std::string::npos;
    if (!named) continue;
    return json::serialize(
        json::object{{"ARN", "arn:aws:secretsmanager:us-west-2:123456789012:secret:" + name + "-local1"},
                     {"Name", name},
                     {"VersionId", "00000000-0000-4000-8000-000000000001"},
                     {"SecretString", text},
                     {"VersionStages", json::array{*stage}},
                     {"CreatedDate", clock_() * 1000}});
  }
  return failed(404, fmt::format("There is no secret {}; name it under \"secrets\" in the file of --answers", *id));
}

}  // namespace fescue
