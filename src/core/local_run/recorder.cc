// Each call as a line of the record, and its answer: told, kept here (shadows), or refused.
#include "core/local_run/recorder.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text/utf8.h"
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

/// Of the client context's subject: $aws/things/THING/shadow/OPERATION.
Result<ShadowSubject> parse_subject(std::string_view context) {
  FESCUE_TRY(order, parse_publish_order(context));
  return parse_shadow_subject(order.topic.view());
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
  FESCUE_TRY(subject, parse_subject(invocation.client_context));
  call["operation"] = subject.operation;
  call["thing"] = subject.thing.str();
  const auto found = answers_.shadows.find(subject.thing.str());
  if (found != answers_.shadows.end() && !found->second.failure.empty()) {
    return InvocationResult{FunctionError::none, Payload(found->second.failure)};
  }
  FESCUE_TRY(operation, parse_shadow_operation(subject.operation));
  return InvocationResult{FunctionError::none,
                          Payload(serve_shadow_of(subject.thing, operation, invocation.payload.view()))};
}

std::string Recorder::serve_shadow_of(const ThingName& thing, ShadowOperation operation, std::string_view payload) {
  StoredShadow& stored = answers_.shadows[thing.str()].stored;
  auto outcome = serve_shadow({{thing, ""}, operation, payload}, stored, clock_());
  if (!outcome) return rejected_json(outcome.error(), clock_());
  if (outcome->next) stored = std::move(*outcome->next);
  return std::move(outcome->answer);
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
