// The data plane over HTTP: Publish and retained messages (docs/compatibility/api-iot.md#data). MQTT 5 properties have
// nobody to go to in a 3.1.1 broker and are left out.
#include <fmt/format.h>

#include "cloud/api/framework/members.h"
#include "cloud/api/framework/pages.h"
#include "cloud/api/iot/iot_operations.h"
#include "cloud/control_plane.h"
#include "model/limits.h"
#include "model/reserved_topics.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::cloud::iot {

namespace {

constexpr PageRule kRetainedPages{.size = "maxResults", .token = "nextToken", .default_size = 200, .max_size = 200};

ApiValue<void> retain_verdict(const Result<void>& kept) {
  if (kept) return {};
  if (kept.error().code() == Code::resource_exhausted) {
    return ApiError(429, "ThrottlingException", kept.error().message());
  }
  return kept.error();
}

}  // namespace

Task<ApiResult> publish(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(topic, Topic::parse(request.labels.empty() ? "" : request.labels[0]));  // empty: /topics/
  FESCUE_CO_TRY(qos, query_integer(request, "qos", 0, 1));
  FESCUE_CO_TRY(retain, query_bool(request, "retain"));
  if (const auto open = check_cloud_topic(topic.view()); !open) {
    co_return Error(Code::invalid_argument, open.error().message());
  }
  if (request.http.body.size() > kMaxMessageBytes) {
    co_return ApiError(
        413, "RequestEntityTooLargeException",
        fmt::format("The payload has {} bytes; at most {} are accepted.", request.http.body.size(), kMaxMessageBytes));
  }
  const auto level = qos.value_or(0) == 1 ? mqtt::QoS::at_least_once : mqtt::QoS::at_most_once;
  if (retain.value_or(false)) {
    const auto kept = co_await plane.broker.retain(topic, request.http.body, level, plane.now());
    FESCUE_CO_CHECK(retain_verdict(kept));
  }
  plane.broker.publish(topic, Payload(std::move(request.http.body)), level);
  co_return json_response(200, json::object{{"message", "OK"}, {"traceId", request.request_id}});
}

Task<ApiResult> get_retained_message(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(topic, Topic::parse(request.labels[0]));
  const RetainedMessage* found = plane.broker.retained().find(topic.view());
  if (!found) {
    co_return ApiError(404, "ResourceNotFoundException", fmt::format("No message is retained on {}.", topic.view()));
  }
  co_return json_response(200, json::object{{"topic", topic.str()},
                                            {"payload", base64_encode(found->payload)},
                                            {"qos", static_cast<int>(found->qos)},
                                            {"lastModifiedTime", epoch_milliseconds(found->modified)}});
}

Task<ApiResult> list_retained_messages(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(page, query_page(request, kRetainedPages));
  const auto& all = plane.broker.retained().all();
  json::array topics;
  std::string last;
  auto at = all.upper_bound(page.after);
  for (; at != all.end() && topics.size() < page.limit; ++at) {
    topics.push_back(json::object{{"topic", at->first},
                                  {"payloadSize", at->second.payload.size()},
                                  {"qos", static_cast<int>(at->second.qos)},
                                  {"lastModifiedTime", epoch_milliseconds(at->second.modified)}});
    last = at->first;
  }
  json::object body{{"retainedTopics", std::move(topics)}};
  if (at != all.end()) body["nextToken"] = page_token(request, last);
  co_return json_response(200, body);
}

}  // namespace fescue::cloud::iot
