// The data plane over HTTP: Publish (reference: control-api 4.2). MQTT 5 properties have nobody to go to in a 3.1.1
// broker and are left out; a message that is to be retained is refused, not silently sent without it.
#include <fmt/format.h>

#include "control/api/iot_operations.h"
#include "control/api/members.h"
#include "control/broker/broker.h"
#include "control/control_plane.h"

namespace fescue::control::iot {

namespace {

constexpr std::size_t kMaxPayloadBytes = 128 * 1024;

/// The cores' own topics; only the control plane and the core itself speak there.
bool is_reserved(const Topic& topic) { return topic.view().starts_with("$fescue/"); }

}  // namespace

Task<ApiResult> publish(ControlPlane& plane, ApiRequest request) {
  FESCUE_CO_TRY(topic, Topic::parse(request.labels[0]));
  FESCUE_CO_TRY(qos, query_integer(request, "qos", 0, 1));
  FESCUE_CO_TRY(retain, query_bool(request, "retain"));
  if (is_reserved(topic)) co_return Error(Code::invalid_argument, "Topics that begin with $fescue/ are reserved.");
  if (retain.value_or(false)) co_return Error(Code::unimplemented, "Retained messages are not implemented.");
  if (request.http.body.size() > kMaxPayloadBytes) {
    co_return ApiError(
        413, "RequestEntityTooLargeException",
        fmt::format("The payload has {} bytes; at most {} are accepted.", request.http.body.size(), kMaxPayloadBytes));
  }
  const auto level = qos.value_or(0) == 1 ? mqtt::QoS::at_least_once : mqtt::QoS::at_most_once;
  plane.broker.publish(topic, Payload(std::move(request.http.body)), level);
  co_return json_response(200, json::object{{"message", "OK"}, {"traceId", request.request_id}});
}

}  // namespace fescue::control::iot
