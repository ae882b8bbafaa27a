// What a function asks of the core: run this function, publish this, the shadow of that thing, this secret. The
// services are functions with ARNs of their own, and their client contexts say what is wanted
// (docs/compatibility/local-api.md#system-functions).
#include <cstring>

#include "process.h"
#include "request.h"
#include "request_head.h"

struct _gg_publish_options : fescue::OnHeap {
  gg_queue_full_policy_options policy = GG_QUEUE_FULL_POLICY_BEST_EFFORT;
};

namespace fescue {

namespace {

std::string_view text_of(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text, std::strlen(text));
}

/// What every request needs. `result` and the request are checked, the process is a worker's.
gg_error check(const _gg_request* request, const gg_request_result* result) {
  if (request == nullptr || result == nullptr) return GGE_INVALID_PARAMETER;
  return state() == nullptr ? GGE_INVALID_STATE : GGE_SUCCESS;
}

bool is_payload(const void* payload, std::size_t size) { return payload != nullptr || size == 0; }

std::string_view bytes_of(const void* payload, std::size_t size) { return {static_cast<const char*>(payload), size}; }

/// arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]; the system's have no region and account.
constexpr std::size_t kColonsBeforeName = 6;

/// The ARN with its qualifier, from one place or the other; they must not contradict each other.
gg_error qualified_arn(const gg_invoke_options& options, Buffer& out) {
  const std::string_view arn = text_of(options.function_arn), qualifier = text_of(options.qualifier);
  if (!is_word(arn) || !arn.starts_with("arn:") || arn.find('/') != std::string_view::npos) {
    return GGE_INVALID_PARAMETER;
  }
  if (!qualifier.empty() && (!is_word(qualifier) || qualifier.find_first_of("/:") != std::string_view::npos)) {
    return GGE_INVALID_PARAMETER;
  }
  std::size_t colons = 0, last = 0;
  for (std::size_t at = 0; at < arn.size(); ++at) {
    if (arn[at] != ':') continue;
    ++colons;
    last = at;
  }
  if (colons < kColonsBeforeName || colons > kColonsBeforeName + 1) return GGE_INVALID_PARAMETER;
  out.append(arn);
  if (qualifier.empty()) return GGE_SUCCESS;
  if (colons > kColonsBeforeName) return part(arn, last + 1) == qualifier ? GGE_SUCCESS : GGE_INVALID_PARAMETER;
  out.append(':');
  out.append(qualifier);
  return GGE_SUCCESS;
}

bool is_base64(std::string_view text) {
  Buffer decoded;
  return append_from_base64(decoded, text);
}

gg_error invoke(_gg_request& request, const gg_invoke_options& options, gg_request_result& result) {
  Buffer target;
  if (const gg_error error = qualified_arn(options, target); error != GGE_SUCCESS) return error;
  const std::string_view context = text_of(options.customer_context);
  const bool sound = is_base64(context) && is_payload(options.payload, options.payload_size) &&
                     (options.type == GG_INVOKE_EVENT || options.type == GG_INVOKE_REQUEST_RESPONSE);
  if (!sound) return GGE_INVALID_PARAMETER;
  if (!target.ok()) return GGE_OUT_OF_MEMORY;
  const Call call{target.view(), context, options.type, bytes_of(options.payload, options.payload_size)};
  return perform(request, call, Refusals::in_header, result);
}

/// request.context becomes base64 of {"custom":{MEMBERS}}.
gg_error encode_context(_gg_request& request, std::string_view members) {
  Buffer json;
  json.append("{\"custom\":{");
  json.append(members);
  json.append("}}");
  request.context.clear();
  append_base64(request.context, json.view());
  return json.ok() && request.context.ok() ? GGE_SUCCESS : GGE_OUT_OF_MEMORY;
}

gg_error publish(_gg_request& request, std::string_view topic, std::string_view payload, std::string_view policy,
                 gg_request_result& result) {
  const Environment& environment = state()->environment;
  Buffer members;
  members.append("\"source\":");
  append_json_string(members, environment.function_arn.view());
  members.append(",\"subject\":");
  append_json_string(members, topic);
  members.append(",\"queueFullPolicy\":");
  append_json_string(members, policy);
  if (!members.ok()) return GGE_OUT_OF_MEMORY;
  if (const gg_error error = encode_context(request, members.view()); error != GGE_SUCCESS) return error;
  const Call call{environment.router_arn.view(), request.context.view(), GG_INVOKE_EVENT, payload};
  return perform(request, call, Refusals::in_header, result);
}

gg_error call_shadow(gg_request request, const char* thing_name, std::string_view operation, std::string_view payload,
                     gg_request_result* result) {
  if (const gg_error error = check(request, result); error != GGE_SUCCESS) return error;
  if (text_of(thing_name).empty()) return GGE_INVALID_PARAMETER;
  const Use use(request);
  if (!use) return GGE_INVALID_STATE;
  Buffer subject, members;
  subject.append("$aws/things/");
  subject.append(text_of(thing_name));
  subject.append("/shadow/");
  subject.append(operation);
  members.append("\"subject\":");
  append_json_string(members, subject.view());
  if (!subject.ok() || !members.ok()) return GGE_OUT_OF_MEMORY;
  if (const gg_error error = encode_context(*request, members.view()); error != GGE_SUCCESS) return error;
  const Call call{state()->environment.shadow_arn.view(), request->context.view(), GG_INVOKE_REQUEST_RESPONSE, payload};
  return perform(*request, call, Refusals::of_shadow, *result);
}

void add_member(Buffer& json, std::string_view name, const char* value) {
  if (value == nullptr) return;
  json.append(json.size() > 0 ? ',' : '{');
  append_json_string(json, name);
  json.append(':');
  append_json_string(json, text_of(value));
}

}  // namespace

}  // namespace fescue

using namespace fescue;

gg_error gg_invoke(gg_request ggreq, const gg_invoke_options* opts, gg_request_result* result) {
  if (const gg_error error = check(ggreq, result); error != GGE_SUCCESS) return error;
  if (opts == nullptr) return GGE_INVALID_PARAMETER;
  const Use use(ggreq);
  return use ? invoke(*ggreq, *opts, *result) : GGE_INVALID_STATE;
}

gg_error gg_publish_options_init(gg_publish_options* opts) {
  if (opts == nullptr) return GGE_INVALID_PARAMETER;
  *opts = new _gg_publish_options;
  return *opts == nullptr ? GGE_OUT_OF_MEMORY : GGE_SUCCESS;
}

gg_error gg_publish_options_free(gg_publish_options opts) {
  delete opts;
  return GGE_SUCCESS;
}

gg_error gg_publish_options_set_queue_full_policy(gg_publish_options opts, gg_queue_full_policy_options policy) {
  const bool known = policy == GG_QUEUE_FULL_POLICY_BEST_EFFORT || policy == GG_QUEUE_FULL_POLICY_ALL_OR_ERROR;
  if (opts == nullptr || !known) return GGE_INVALID_PARAMETER;
  opts->policy = policy;
  return GGE_SUCCESS;
}

gg_error gg_publish_with_options(gg_request ggreq, const char* topic, const void* payload, size_t payload_size,
                                 const gg_publish_options opts, gg_request_result* result) {
  if (const gg_error error = check(ggreq, result); error != GGE_SUCCESS) return error;
  if (text_of(topic).empty() || !is_payload(payload, payload_size)) return GGE_INVALID_PARAMETER;
  const Use use(ggreq);
  if (!use) return GGE_INVALID_STATE;
  const bool all = opts != nullptr && opts->policy == GG_QUEUE_FULL_POLICY_ALL_OR_ERROR;
  return publish(*ggreq, text_of(topic), bytes_of(payload, payload_size), all ? "AllOrError" : "BestEffort", *result);
}

gg_error gg_publish(gg_request ggreq, const char* topic, const void* payload, size_t payload_size,
                    gg_request_result* result) {
  return gg_publish_with_options(ggreq, topic, payload, payload_size, nullptr, result);
}

gg_error gg_get_thing_shadow(gg_request ggreq, const char* thing_name, gg_request_result* result) {
  return call_shadow(ggreq, thing_name, "get", "", result);
}

gg_error gg_update_thing_shadow(gg_request ggreq, const char* thing_name, const char* update_payload,
                                gg_request_result* result) {
  if (update_payload == nullptr) return GGE_INVALID_PARAMETER;
  return call_shadow(ggreq, thing_name, "update", text_of(update_payload), result);
}

gg_error gg_delete_thing_shadow(gg_request ggreq, const char* thing_name, gg_request_result* result) {
  return call_shadow(ggreq, thing_name, "delete", "", result);
}

gg_error gg_get_secret_value(gg_request ggreq, const char* secret_id, const char* version_id, const char* version_stage,
                             gg_request_result* result) {
  if (const gg_error error = check(ggreq, result); error != GGE_SUCCESS) return error;
  if (text_of(secret_id).empty()) return GGE_INVALID_PARAMETER;
  const Use use(ggreq);
  if (!use) return GGE_INVALID_STATE;
  Buffer body;
  add_member(body, "SecretId", secret_id);
  add_member(body, "VersionId", version_id);
  add_member(body, "VersionStage", version_stage);
  body.append('}');
  if (!body.ok()) return GGE_OUT_OF_MEMORY;
  const Call call{state()->environment.secrets_arn.view(), "", GG_INVOKE_REQUEST_RESPONSE, body.view()};
  return perform(*ggreq, call, Refusals::of_secrets, *result);
}
